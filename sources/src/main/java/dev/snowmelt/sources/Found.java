package dev.snowmelt.sources;

import dev.snowmelt.v1.Declare;
import java.util.List;

/// What a source says must run, and what it could not say.
///
/// @param declarations one for each workload, in the source's order; containers whose image is a
/// tag are in it too, with `image` as the source writes it: a registry may still turn it into
/// digests
/// @param unresolved what is not declared although it should be, and why
/// @param remarks what a person should know and need do nothing about: a Job, which is not watched
public record Found(List<Declare> declarations, List<Unresolved> unresolved, List<Remark> remarks) {
    /// Nothing at all.
    public static final Found NOTHING = new Found(List.of(), List.of());

    /// Keeps copies.
    public Found {
        declarations = List.copyOf(declarations);
        unresolved = List.copyOf(unresolved);
        remarks = List.copyOf(remarks);
    }

    /// Without remarks.
    public Found(List<Declare> declarations, List<Unresolved> unresolved) {
        this(declarations, unresolved, List.of());
    }

    /// Something that a source holds but that cannot be declared.
    ///
    /// @param place where it stands, for example `web.yaml document 2:
    /// spec.template.spec.containers[0]`
    /// @param reason one sentence that says what to do
    public record Unresolved(String place, String reason) {}

    /// Something worth knowing that changes nothing.
    ///
    /// @param place where it stands
    /// @param text one sentence
    public record Remark(String place, String text) {}
}
