package dev.snowmelt.sources.registry;

import java.time.Duration;

/// How registries are spoken to.
///
/// @param credentials where user names and passwords are kept
/// @param insecure registries on loopback addresses are spoken to in plain HTTP; no other ever is
/// @param connect how long a connection may take, more than 0
/// @param call how long a question may take in all, its log-in and its redirects included, more
/// than 0
public record RegistrySettings(DockerConfig credentials, boolean insecure, Duration connect, Duration call) {
    /// @throws IllegalArgumentException when a duration is not more than 0
    public RegistrySettings {
        if (!connect.isPositive() || !call.isPositive()) {
            throw new IllegalArgumentException("a connection and a call may take more than 0");
        }
    }

    /// 5 s to connect, 15 s in all.
    public static RegistrySettings of(DockerConfig credentials, boolean insecure) {
        return new RegistrySettings(credentials, insecure, Duration.ofSeconds(5), Duration.ofSeconds(15));
    }
}
