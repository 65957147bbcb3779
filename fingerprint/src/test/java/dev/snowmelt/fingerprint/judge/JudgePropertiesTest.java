package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.digest;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.init;
import static dev.snowmelt.fingerprint.judge.Samples.injecting;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Verdict.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must hold for every declaration and every pod: random ones from a fixed seed, compared with a plain reading of
/// the design's sentences.
class JudgePropertiesTest {
    private static final String[] NAMES = {"app", "log", "proxy", "setup"};
    private static final int CASES = 20_000;

    private final Random random = new Random();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void holdForRandomPods(long seed) {
        random.setSeed(seed);
        Map<State, Integer> seen = new EnumMap<>(State.class);
        for (int i = 0; i < CASES; i++) {
            Declaration declaration = randomDeclaration();
            ImageFacet pod = randomPod();
            Judgement judgement = judge(declaration, pod);
            seen.merge(judgement.state(), 1, Integer::sum);

            assertThat(judgement.state()).as("%s%n%s", declaration, pod).isEqualTo(plainReading(declaration, pod));
            assertThat(judgement.drifts().isEmpty()).isEqualTo(judgement.state() == State.CONFORMANT);
            orderDoesNotMatter(declaration, pod, judgement);
            forgettingAnImageIdProvesNothing(declaration, pod, judgement);
            acceptingMoreNeverMakesASnowflake(declaration, pod, judgement);
        }
        assertThat(seen.keySet())
                .as("the generator reaches every outcome")
                .containsExactlyInAnyOrder(State.CONFORMANT, State.OUTDATED, State.DRIFTED, State.UNVERIFIED);
    }

    private static State plainReading(Declaration declaration, ImageFacet pod) {
        List<Revision> revisions = declaration.getRevisionsList();
        if (possible(revisions.getFirst(), pod)) {
            return allStarted(revisions.getFirst(), pod) ? State.CONFORMANT : State.UNVERIFIED;
        }
        List<Revision> earlier =
                revisions.stream().skip(1).filter(r -> possible(r, pod)).toList();
        if (earlier.stream().anyMatch(r -> allStarted(r, pod))) {
            return State.OUTDATED;
        }
        return earlier.isEmpty() ? State.DRIFTED : State.UNVERIFIED;
    }

    private static boolean possible(Revision revision, ImageFacet pod) {
        var spec = revision.getSpec();
        boolean nothingMore = pod.getContainersList().stream()
                .allMatch(c -> c.getType() != ObservedContainer.Type.EPHEMERAL
                        && (spec.getInjectedList().contains(c.getName())
                                || spec.getContainersList().stream().anyMatch(d -> same(d, c))));
        boolean nothingElse = spec.getContainersList().stream()
                .allMatch(d -> pod.getContainersList().stream()
                        .filter(c -> same(d, c))
                        .anyMatch(c -> c.getImageId().isEmpty()
                                || d.getDigestsList().contains(c.getImageId().substring(2))));
        return nothingMore && nothingElse;
    }

    private static boolean allStarted(Revision revision, ImageFacet pod) {
        return pod.getContainersList().stream()
                .filter(c -> revision.getSpec().getContainersList().stream().anyMatch(d -> same(d, c)))
                .noneMatch(c -> c.getImageId().isEmpty());
    }

    private static boolean same(DeclaredContainer declared, ObservedContainer observed) {
        return declared.getName().equals(observed.getName())
                && declared.getType().name().equals(observed.getType().name());
    }

    private void orderDoesNotMatter(Declaration declaration, ImageFacet pod, Judgement judgement) {
        var shuffled = new ArrayList<>(pod.getContainersList());
        Collections.shuffle(shuffled, random);
        ImageFacet other =
                pod.toBuilder().clearContainers().addAllContainers(shuffled).build();

        assertThat(judge(declaration, other).state()).isEqualTo(judgement.state());
    }

    private static void forgettingAnImageIdProvesNothing(Declaration declaration, ImageFacet pod, Judgement judgement) {
        for (int i = 0; i < pod.getContainersCount(); i++) {
            ImageFacet.Builder forgetful = pod.toBuilder();
            forgetful.getContainersBuilder(i).clearImageId();
            State state = judge(declaration, forgetful.build()).state();
            if (judgement.state() != State.DRIFTED) {
                assertThat(state).isNotEqualTo(State.DRIFTED);
            }
        }
    }

    private static void acceptingMoreNeverMakesASnowflake(
            Declaration declaration, ImageFacet pod, Judgement judgement) {
        Declaration.Builder wider = declaration.toBuilder();
        for (Revision.Builder revision : wider.getRevisionsBuilderList()) {
            revision.getSpecBuilder().getContainersBuilderList().forEach(c -> c.addDigests(digest('5')));
        }
        if (judgement.state() != State.DRIFTED) {
            assertThat(judge(wider.build(), pod).state()).isNotEqualTo(State.DRIFTED);
        }
    }

    private Declaration randomDeclaration() {
        int count = 1 + random.nextInt(3);
        var revisions = new Revision[count];
        for (int i = 0; i < count; i++) {
            revisions[i] = randomRevision(count - i);
        }
        return declaration(revisions);
    }

    private Revision randomRevision(long number) {
        var containers = new ArrayList<DeclaredContainer>();
        containers.add(app("app", randomDigests()));
        if (random.nextInt(3) == 0) {
            containers.add(app("log", randomDigests()));
        }
        if (random.nextInt(3) == 0) {
            containers.add(init("setup", randomDigests()));
        }
        Revision revision = revision(number, containers.toArray(DeclaredContainer[]::new));
        return random.nextInt(2) == 0 ? injecting(revision, "proxy") : revision;
    }

    private String[] randomDigests() {
        var digests = new String[1 + random.nextInt(2)];
        for (int i = 0; i < digests.length; i++) {
            digests[i] = digest((char) ('0' + random.nextInt(4)));
        }
        return digests;
    }

    private ImageFacet randomPod() {
        var containers = new ArrayList<ObservedContainer>();
        for (String name : NAMES) {
            if (random.nextInt(4) == 0 && !name.equals("app")) {
                continue;
            }
            if (!name.equals("app") && random.nextInt(3) != 0) {
                continue;
            }
            int dice = random.nextInt(40);
            ObservedContainer.Type type = dice == 0
                    ? ObservedContainer.Type.EPHEMERAL
                    : name.equals("setup") ? ObservedContainer.Type.INIT : ObservedContainer.Type.APP;
            String id = random.nextInt(8) == 0 ? "" : "x@" + digest((char) ('0' + random.nextInt(5)));
            containers.add(container(type, name, "registry.test/" + name + ":1", id));
        }
        return facet(containers.toArray(ObservedContainer[]::new));
    }
}
