package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Options that do not fit together are misuse: nothing is read, and no broker is asked.
class SourceOptionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--packer m.json | --packer needs --workload: Packer knows images, and not what runs them.",
                "--manifests m.yaml | --manifests needs --target k8s:NAME.",
                "--manifests m.yaml --target aws:123456789012:eu-west-1 | --manifests needs --target k8s:NAME.",
                "-f a.yaml --workload k8s:a/b/Deployment/c | --workload, --packer-run, --packer-build, --container and --image go"
                        + " with --packer FILE.",
                "-f a.yaml --target k8s:a | --target and --namespace go with --terraform FILE or --manifests FILE; a declaration"
                        + " names its target itself.",
                "--terraform s.json --target nowhere | --target: 'nowhere' is not a target such as 'k8s:prod-eu' or"
                        + " 'aws:123456789012:eu-west-1'.",
                "--terraform s.json --target k8s:a --target k8s:b | --target names both k8s:a and k8s:b; declare one after the"
                        + " other.",
                "--packer m.json --workload web | --workload: 'web' is not",
            })
    void whatDoesNotFitTogetherIsMisuse(String arguments, String message) {
        Run run = Run.of(("declare " + arguments).split(" "));

        assertThat(run.err()).startsWith("snowmelt: " + message);
        assertThat(run.exitCode()).isEqualTo(64);
    }

    @Test
    void helpHasExamplesOfEverySource() {
        Run run = Run.of("declare", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("snowmelt declare --packer packer-manifest.json --workload")
                .contains("terraform show -json | snowmelt declare --terraform -")
                .contains("| snowmelt declare --manifests - --target k8s:prod-eu");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
    }
}
