package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.digest;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.init;
import static dev.snowmelt.fingerprint.judge.Samples.injecting;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.ResolvedDigest;
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
    private JudgeRules rules = JudgeRules.DEFAULT;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void holdForRandomPods(long seed) {
        hold(seed, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void holdWhereARegistryIsAsked(long seed) {
        hold(seed, true);
    }

    private void hold(long seed, boolean registry) {
        random.setSeed(seed);
        rules = new JudgeRules(Undeclared.REPORT, registry);
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

    private Judgement judge(Declaration declaration, ImageFacet pod) {
        return Judge.judge(declaration, rules, null, pod, List.of());
    }

    private State plainReading(Declaration declaration, ImageFacet pod) {
        List<Revision> revisions = declaration.getRevisionsList();
        if (possible(revisions.getFirst(), pod)) {
            return allKnown(revisions.getFirst(), pod) ? State.CONFORMANT : State.UNVERIFIED;
        }
        List<Revision> earlier =
                revisions.stream().skip(1).filter(r -> possible(r, pod)).toList();
        if (earlier.stream().anyMatch(r -> allKnown(r, pod))) {
            return State.OUTDATED;
        }
        return earlier.isEmpty() ? State.DRIFTED : State.UNVERIFIED;
    }

    private boolean possible(Revision revision, ImageFacet pod) {
        var spec = revision.getSpec();
        boolean nothingMore = pod.getContainersList().stream()
                .allMatch(c -> c.getType() != ObservedContainer.Type.EPHEMERAL
                        && (spec.getInjectedList().contains(c.getName())
                                || spec.getContainersList().stream().anyMatch(d -> same(d, c))));
        boolean nothingElse = spec.getContainersList().stream()
                .allMatch(d -> pod.getContainersList().stream()
                        .filter(c -> same(d, c))
                        .anyMatch(c -> c.getImageId().isEmpty()
                                || accepted(revision, d, c)
                                || (rules.registry() && !spokenOf(revision, d, c))));
        return nothingMore && nothingElse;
    }

    private static boolean allKnown(Revision revision, ImageFacet pod) {
        return revision.getSpec().getContainersList().stream()
                .allMatch(d -> pod.getContainersList().stream()
                        .filter(c -> same(d, c))
                        .allMatch(c -> !c.getImageId().isEmpty() && accepted(revision, d, c)));
    }

    private static boolean accepted(Revision revision, DeclaredContainer declared, ObservedContainer observed) {
        return declared.getDigestsList().contains(observed.getImageId().substring(2))
                || revision.getResolvedList().stream()
                        .filter(told -> isAbout(told, declared, observed))
                        .findFirst()
                        .filter(ResolvedDigest::getAccepted)
                        .isPresent();
    }

    private static boolean spokenOf(Revision revision, DeclaredContainer declared, ObservedContainer observed) {
        return revision.getResolvedList().stream().anyMatch(told -> isAbout(told, declared, observed));
    }

    private static boolean isAbout(ResolvedDigest told, DeclaredContainer declared, ObservedContainer observed) {
        return told.getContainer().equals(declared.getName())
                && told.getType() == declared.getType()
                && observed.getImageId().endsWith(told.getDigest());
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

    private void forgettingAnImageIdProvesNothing(Declaration declaration, ImageFacet pod, Judgement judgement) {
        for (int i = 0; i < pod.getContainersCount(); i++) {
            ImageFacet.Builder forgetful = pod.toBuilder();
            forgetful.getContainersBuilder(i).clearImageId();
            State state = judge(declaration, forgetful.build()).state();
            if (judgement.state() != State.DRIFTED) {
                assertThat(state).isNotEqualTo(State.DRIFTED);
            }
        }
    }

    private void acceptingMoreNeverMakesASnowflake(Declaration declaration, ImageFacet pod, Judgement judgement) {
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
        Revision.Builder told = revision.toBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            DeclaredContainer about = containers.get(random.nextInt(containers.size()));
            told.addResolved(ResolvedDigest.newBuilder()
                    .setContainer(about.getName())
                    .setType(about.getType())
                    .setDigest(randomDigests()[0])
                    .setAccepted(random.nextBoolean()));
        }
        return random.nextInt(2) == 0 ? injecting(told.build(), "proxy") : told.build();
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
