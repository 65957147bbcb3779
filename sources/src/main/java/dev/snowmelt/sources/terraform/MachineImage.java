package dev.snowmelt.sources.terraform;

import java.util.regex.Pattern;

/// The AMI that something launches, or why it cannot be told.
sealed interface MachineImage {
    /// It is known.
    record Known(String ami) implements MachineImage {}

    /// It is not.
    ///
    /// @param why a sentence that says what to do
    record Unknown(String why) implements MachineImage {}

    /// What an AMI id looks like.
    Pattern AMI = Pattern.compile("ami-(?:[0-9a-f]{8}|[0-9a-f]{17})");

    /// The `image_id` of a launch template or launch configuration.
    ///
    /// @param plan values may be unknown until it is applied
    static MachineImage of(Resource resource, boolean plan) {
        String image = resource.text("image_id");
        if (resource.hides("image_id")) {
            return new Unknown(
                    "image_id of " + resource.address()
                            + " is sensitive, and a declaration is read by everybody: mark it nonsensitive(), or declare it by hand");
        }
        if (image.isEmpty()) {
            return new Unknown("image_id of " + resource.address()
                    + (plan
                            ? " is known only after the plan is applied; declare from the state then"
                            : " is not set; name the AMI in it"));
        }
        if (image.startsWith("resolve:ssm:")) {
            return new Unknown("image_id of " + resource.address() + " is looked up at every launch (" + image
                    + "), so instances differ by their age; read the parameter in Terraform and name the AMI");
        }
        return AMI.matcher(image).matches()
                ? new Known(image)
                : new Unknown("image_id of " + resource.address() + " is no AMI id: '"
                        + (image.length() > 80 ? image.substring(0, 80) + "…" : image) + "'");
    }
}
