package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Instances of an Auto Scaling group, as the collector of EC2 tells them: nothing here knows that they are no pods.
class MachinesTest {
    private static final String TARGET = "aws:123456789012:eu-west-1";
    private static final String WEB = TARGET + "/asg/web";
    private static final String FIRST = TARGET + "/i-0123456789abcdef0";

    private static Observation running(String ami) {
        return Sample.observed(
                FIRST,
                ImageFacet.newBuilder()
                        .setCreated(Timestamps.fromSeconds(1_790_000_000))
                        .setNode("eu-west-1a")
                        .setTemplate("lt-0abc:7")
                        .setReady(true)
                        .setPhase(ImageFacet.Phase.RUNNING)
                        .addContainers(ObservedContainer.newBuilder()
                                .setName("ami")
                                .setType(ObservedContainer.Type.AMI)
                                .setImage(ami)
                                .setImageId(ami))
                        .build());
    }

    private static Declaration declared(String... amis) {
        var declaration = Declaration.newBuilder().setWorkload(WEB);
        for (int i = 0; i < amis.length; i++) {
            declaration.addRevisions(Revision.newBuilder()
                    .setNumber(amis.length - i)
                    .setSpec(DeclarationSpec.newBuilder()
                            .addContainers(DeclaredContainer.newBuilder()
                                    .setName("ami")
                                    .setType(DeclaredContainer.Type.AMI)
                                    .setImage(amis[i]))));
        }
        return declaration.build();
    }

    private static Observation group(String... images) {
        var template = Template.newBuilder().setId("lt-0abc:7");
        for (String image : images) {
            template.addContainers(Template.Container.newBuilder()
                    .setName("ami")
                    .setType(ObservedContainer.Type.AMI)
                    .setImage(image));
        }
        return Observation.newBuilder()
                .setWorkload(WorkloadStatus.newBuilder()
                        .setWorkload(WEB)
                        .setDesired(1)
                        .setReady(1)
                        .setStrategy(WorkloadStatus.Strategy.ON_DELETE)
                        .setTemplate(template))
                .build();
    }

    private static Verdict verdict(Rig rig) {
        return Objects.requireNonNull(rig.world().get(Rig.key(WEB, FIRST))).getInstance();
    }

    @Test
    void areJudgedByTheirImage() {
        try (var rig = new Rig()) {
            rig.declare(declared("ami-0new", "ami-0old")).watch(WEB, running("ami-0new"), 1);
            var conformant = verdict(rig).getState();
            rig.watch(WEB, running("ami-0old"), 2);
            var outdated = verdict(rig).getState();
            rig.watch(WEB, running("ami-0bad"), 3);

            assertThat(conformant).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(outdated).isEqualTo(Verdict.State.OUTDATED);
            assertThat(verdict(rig).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void leaveEvidenceOfWhatRan() {
        try (var rig = new Rig()) {
            rig.watch(WEB, running("ami-0new"), 1);

            assertThat(rig.evidence())
                    .singleElement()
                    .extracting(Evidence::getRan)
                    .satisfies(ran -> assertThat(ran.getImages(0).getImageId()).isEqualTo("ami-0new"));
        }
    }

    @Test
    void areTouchedBySomebodyWhomTheCollectorSaw() {
        try (var rig = new Rig()) {
            rig.declare(declared("ami-0new")).watch(WEB, running("ami-0new"), 1);

            rig.watch(WEB, Sample.touched(FIRST, 5_000), 2).watch(WEB, running("ami-0new"), 3);

            assertThat(verdict(rig).getTouchedAt().getSeconds()).isEqualTo(5);
            assertThat(verdict(rig).getState()).isEqualTo(Verdict.State.CONFORMANT);
        }
    }

    /// The list was begun before the look, and its page arrives after it.
    @Test
    void areAsTheLatestRequestSawThem() {
        try (var rig = new Rig()) {
            rig.declare(declared("ami-0new")).watch(WEB, running("ami-0bad"), 8);

            rig.list(WEB, running("ami-0new"), 1, 7);

            assertThat(verdict(rig).getState()).isEqualTo(Verdict.State.DRIFTED);
            rig.watch(WEB, Sample.gone(FIRST), 9).list(WEB, running("ami-0new"), 1, 7);
            assertThat(rig.tombstone(Rig.key(WEB, FIRST))).isTrue();
        }
    }

    @Test
    void aTemplateMatchesWhenAllItsImagesAreDeclared() {
        try (var rig = new Rig()) {
            rig.declare(declared("ami-0new")).watch(WEB, group("ami-0new"), 1);
            var matching = rig.verdict(WEB).getTemplateState();
            rig.watch(WEB, group("ami-0new", "ami-0arm"), 2);

            assertThat(matching).isEqualTo(TemplateState.MATCHING);
            assertThat(rig.verdict(WEB).getTemplateState()).isEqualTo(TemplateState.MISMATCHED);
        }
    }
}
