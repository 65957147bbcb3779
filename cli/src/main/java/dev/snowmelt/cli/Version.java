package dev.snowmelt.cli;

import picocli.CommandLine.IVersionProvider;

/// Which Snowmelt this is, from the jar's manifest.
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"snowmelt " + text()};
    }

    /// For example `0.1.0`; `development` when it runs from class files.
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
