package dev.snowmelt.cli.scan;

import dev.snowmelt.v1.Drift;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What SARIF calls rules: the kinds of drift, each with its explanation.
final class SarifRules {
    /// In the order of their numbers in the file.
    private static final List<Drift.Kind> KINDS = Arrays.stream(Drift.Kind.values())
            .filter(kind -> kind != Drift.Kind.KIND_UNSPECIFIED && kind != Drift.Kind.UNRECOGNIZED)
            .toList();

    /// @param name as SARIF wants it, in PascalCase
    /// @param what one sentence
    /// @param help what it means and what to do
    private record Rule(String name, String what, String help) {}

    private SarifRules() {}

    static void write(ArrayNode rules) {
        for (Drift.Kind kind : KINDS) {
            Rule rule = of(kind);
            ObjectNode one = rules.addObject().put("id", kind.name()).put("name", rule.name());
            one.putObject("shortDescription").put("text", rule.what());
            one.putObject("fullDescription").put("text", rule.what() + " " + rule.help());
            one.putObject("help").put("text", rule.help());
            one.putObject("defaultConfiguration").put("level", "error");
        }
    }

    /// Where a kind stands among the rules; -1: this version does not know it.
    static int index(Drift.Kind kind) {
        return KINDS.indexOf(kind);
    }

    private static Rule of(Drift.Kind kind) {
        return switch (kind) {
            case IMAGE_MISMATCH ->
                new Rule(
                        "ImageMismatch",
                        "A container runs an image that is not declared.",
                        "Replace the instance, or declare the image that it runs. 'snowmelt explain INSTANCE' says why it is or"
                                + " is not being replaced.");
            case CONTAINER_UNEXPECTED ->
                new Rule(
                        "ContainerUnexpected",
                        "An instance has a container that is not declared.",
                        "Replace the instance. A sidecar that a webhook adds belongs under 'injected' in the declaration.");
            case CONTAINER_MISSING ->
                new Rule(
                        "ContainerMissing",
                        "A declared container is not there.",
                        "Replace the instance, or declare the workload as it is meant to be.");
            case CONTENT_CHANGED ->
                new Rule(
                        "ContentChanged",
                        "Content of an instance differs from its image's baseline.",
                        "Replace the instance: somebody or something changed it after it was started.");
            case BASELINE_MISMATCH ->
                new Rule(
                        "BaselineMismatch",
                        "Content was compared with another baseline than the declared one.",
                        "Declare the baseline of the image that runs, or replace the instance.");
            case TOUCHED ->
                new Rule(
                        "Touched",
                        "Somebody was inside the instance.",
                        "Replace the instance when nobody needs it for an investigation any more.");
            case TEMPLATE_MISMATCH ->
                new Rule(
                        "TemplateMismatch",
                        "The workload's template would recreate an image that is not declared.",
                        "Put the declared image back into the template, or declare the new one. Replacing instances does not"
                                + " help before that.");
            case TEMPLATE_UNPINNED ->
                new Rule(
                        "TemplateUnpinned",
                        "The workload's template names only a tag: what it would recreate cannot be told.",
                        "Pin the image by its digest in the template, or allow 'restoreTemplate' to do so.");
            case COHORT_SPLIT ->
                new Rule(
                        "CohortSplit",
                        "Replicas of one template run different digests.",
                        "A tag was pushed again under the running workload: pin it, then replace what runs the other digest.");
            case IMAGE_UNRESOLVED ->
                new Rule(
                        "ImageUnresolved",
                        "It is not known yet whether an image's digest belongs to a declared one.",
                        "Wait for the registry's answer, or add the digest to the declaration.");
            case CONTENT_UNRESOLVED ->
                new Rule(
                        "ContentUnresolved",
                        "A content baseline is declared, and no agent has said lately what is inside.",
                        "Run an agent that looks into the instance, or declare no baseline for the container.");
            case KIND_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(kind + " is no kind of drift");
        };
    }
}
