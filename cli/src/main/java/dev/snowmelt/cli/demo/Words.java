package dev.snowmelt.cli.demo;

/// How people on a platform say what Snowmelt does there.
///
/// @param terminate what is about to be done to an instance
/// @param terminated the same, done
/// @param templateChanged what was done to a template
/// @param templateProven that it had its effect
record Words(String terminate, String terminated, String templateChanged, String templateProven) {
    static final Words KUBERNETES = new Words("evict", "evicted", "template patched", "restored and rolled out");
    static final Words EC2 =
            new Words("terminate", "terminated", "new version of the launch template, group pointed at it", "restored");
}
