package dev.snowmelt.sources.registry;

/// What image registries say. Calls block, for 15 s at most.
public interface Registry {
    /// What a tag or a digest names in a repository.
    ///
    /// @param reference a tag, or `sha256:<64 hex>`. What comes back for a digest has been verified
    /// to be what was asked for
    /// @throws RegistryException with a sentence for people
    Manifest manifest(Repository repository, String reference) throws RegistryException;
}
