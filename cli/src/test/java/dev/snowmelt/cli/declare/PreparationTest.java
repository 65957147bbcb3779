package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.PINNED;
import static dev.snowmelt.cli.declare.Drafts.WEB;
import static dev.snowmelt.cli.declare.Drafts.declare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreparationTest {
    private static final String HASH = "c".repeat(64);

    @Test
    void aSourcesWorkloadWithOneTagIsLeftOutAsAWhole() {
        Gathered prepared =
                prepare(Drafts.sourced(declare(CART, PINNED, "nginx:1.27"), declare(WEB, PINNED)), Adjustments.NONE);

        assertThat(prepared.drafts()).extracting(Draft::subject).containsExactly(WEB);
        assertThat(prepared.unresolved())
                .containsExactly(new Unresolved(
                        "source.json: " + CART, "nginx:1.27 names only a tag; add --resolve or pin the digest"));
        assertThatThrownBy(() -> prepared.demandSound(false))
                .isInstanceOfSatisfying(
                        CliException.class,
                        e -> assertThat(e.lines())
                                .startsWith("Nothing was published; there is 1 fault:")
                                .endsWith("Say --skip-unresolved to declare the rest without it."));
        prepared.demandSound(true);
    }

    @Test
    void aTagInADocumentIsAFaultEvenWhenUnresolvedOnesAreSkipped() {
        Gathered prepared = prepare(Drafts.stated(declare(CART, "nginx:1.27")), Adjustments.NONE);

        assertThatThrownBy(() -> prepared.demandSound(true))
                .hasMessageContaining("file.yaml: spec.containers[0].image: 'nginx:1.27' names a tag");
    }

    @Test
    void whatRegistriesCannotResolveIsUnresolvedAndTheRestIsReplaced() {
        Adjustments.Resolver resolver = (_, _) -> new Found(
                List.of(declare(CART, Drafts.image('b'))),
                List.of(new Unresolved(WEB, "the registry does not know it")));
        var adjustments = new Adjustments(Optional.of(resolver), List.of(), Optional.empty(), Optional.empty());

        Gathered prepared = prepare(Drafts.stated(declare(CART, "nginx:1"), declare(WEB, "nginx:2")), adjustments);

        assertThat(prepared.faults()).isEmpty();
        assertThat(prepared.drafts())
                .containsExactly(new Draft.Stated(Place.of("file.yaml"), declare(CART, Drafts.image('b'))));
        assertThat(prepared.unresolved()).containsExactly(new Unresolved(WEB, "the registry does not know it"));
    }

    @Test
    void registriesAreToldWhatASourceKnowsTheDigestsOf() {
        Set<String> built = new HashSet<>();
        Adjustments.Resolver resolver = (asked, sourced) -> {
            built.addAll(sourced);
            return new Found(asked, List.of());
        };
        var adjustments = new Adjustments(Optional.of(resolver), List.of(), Optional.empty(), Optional.empty());

        prepare(Drafts.stated(declare(CART, PINNED)), adjustments);
        assertThat(built).isEmpty();

        prepare(Drafts.sourced(declare(WEB, PINNED)), adjustments);
        assertThat(built).containsExactly(WEB);
    }

    @Test
    void theModeIsSetInEveryPolicyAndAPolicyReplacesThem() {
        var policy = RemediationPolicy.newBuilder().setMaxUnavailable("2").build();
        var adjustments = new Adjustments(Optional.empty(), List.of(), Optional.of(policy), Optional.of(Mode.ENFORCE));

        Gathered prepared = prepare(Drafts.stated(declare(CART, PINNED)), adjustments);

        assertThat(policyOf(prepared))
                .isEqualTo(policy.toBuilder().setMode(Mode.ENFORCE).build());
    }

    @Test
    void baselineRootsFindTheirContainers() {
        Gathered prepared = prepare(Drafts.stated(declare(CART, PINNED, PINNED)), roots("c1=" + HASH));

        assertThat(((Draft.Stated) prepared.drafts().getFirst())
                        .declare()
                        .getSpec()
                        .getContainersList())
                .extracting("baselineRoot")
                .containsExactly("", HASH);
    }

    @Test
    void aBaselineRootThatFitsNothingIsAFault() {
        var two = Drafts.stated(declare(CART, PINNED, PINNED));

        assertThat(prepare(two, roots("nginx=" + HASH)).faults())
                .singleElement()
                .hasToString("--baseline-root nginx=" + HASH + ": no declaration has such a container");
        assertThat(prepare(two, roots(HASH)).faults())
                .singleElement()
                .asString()
                .contains("there is not exactly one; say which");
    }

    @Test
    void aWorkloadIsDeclaredOnce() {
        Gathered prepared = prepare(Drafts.stated(declare(CART, PINNED), declare(CART, PINNED)), Adjustments.NONE);

        assertThat(prepared.faults())
                .singleElement()
                .hasToString("file.yaml: workload: " + CART + " is declared in file.yaml too");
    }

    private static RemediationPolicy policyOf(Gathered gathered) {
        return ((Draft.Stated) gathered.drafts().getFirst()).declare().getSpec().getRemediation();
    }

    private static Adjustments roots(String... roots) {
        return new Adjustments(
                Optional.empty(),
                List.of(roots).stream().map(BaselineRoot::parse).toList(),
                Optional.empty(),
                Optional.empty());
    }

    private static Gathered prepare(Gathered gathered, Adjustments adjustments) {
        return Preparation.of(gathered, adjustments, Instant.EPOCH);
    }
}
