package dev.snowmelt.sources.packer;

import static dev.snowmelt.sources.Fixture.faults;
import static dev.snowmelt.sources.Fixture.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Fixture;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Garbage;
import dev.snowmelt.sources.Input;
import dev.snowmelt.sources.SourceException;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PackerSourceTest {
    private static final WorkloadId WEST = WorkloadId.parse("aws:123456789012:eu-west-1/asg/web");
    private static final WorkloadId EAST = WorkloadId.parse("aws:123456789012:us-east-1/asg/web");
    private static final WorkloadId CART = WorkloadId.parse("k8s:prod-eu/shop/Deployment/cart");
    private static final String FIRST_RUN = "f0faa4f4-fb1e-6ab9-5ba1-895285c30efc";
    private static final String AMAZON = Fixture.text("packer/amazon.json");
    private static final String DOCKER = Fixture.text("packer/docker.json");
    private static final String IMAGE_ID = "sha256:5754da68c921e05f66dee3840246df2e08829ec6aadf983ef00d7db9d858882f";

    @Test
    void aGroupGetsTheImageOfItsRegionFromTheLastRun() throws Exception {
        Found found = PackerSource.read("m.json", AMAZON, builds(List.of(WEST, EAST), "web"));

        assertThat(lines(found))
                .containsExactly(WEST + ": ami ami-84f68f274f22f0887", EAST + ": ami ami-ad0bfe0aed7af1532");
        assertThat(found.unresolved()).isEmpty();
        assertThat(found.remarks()).isEmpty();
    }

    @Test
    void anEarlierRunIsReadWhenItIsNamed() throws Exception {
        var choice = new PackerChoice(
                List.of(EAST), Optional.of(FIRST_RUN), List.of("web"), Optional.empty(), Optional.empty());

        Found found = PackerSource.read("m.json", AMAZON, choice);

        assertThat(lines(found)).containsExactly(EAST + ": ami ami-4e0f47067c6554def");
        assertThat(found.declarations().getFirst().getSpec().getContainers(0).getBaselineRoot())
                .isEqualTo("4f5d1a3c0b9e8d7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f");
    }

    @Test
    void aGroupMayRunSeveralBuilds() throws Exception {
        Found found = PackerSource.read("m.json", AMAZON, builds(List.of(WEST), "web", "web-arm"));

        assertThat(lines(found)).containsExactly(WEST + ": ami ami-84f68f274f22f0887 +ami-252637bedf6bbca1a");
    }

    @Test
    void everyFaultIsToldAtOnce() {
        assertThat(faults(() -> PackerSource.read("m.json", AMAZON, PackerChoice.of(List.of(WEST, CART)))))
                .containsExactly(
                        "m.json: " + WEST
                                + ": the builds web-arm, web all fit; say which with --packer-build (repeat it when"
                                + " the workload may run several, the main one first)",
                        "m.json: " + CART
                                + ": no build of the run made a Docker image ('web-arm': amazon-ebs makes nothing for"
                                + " Kubernetes; 'web': amazon-ebs makes nothing for Kubernetes)");
    }

    @Test
    void aRegionThatTheBuildWasNotCopiedToIsNamed() {
        assertThat(faults(() -> PackerSource.read("m.json", AMAZON, builds(List.of(EAST), "web-arm"))))
                .containsExactly(
                        "m.json: " + EAST + ": the build 'web-arm' made no AMI in us-east-1, only in eu-west-1; copy it"
                                + " there ('ami_regions') and bake again");
    }

    @Test
    void runsAndBuildsThatAreNotThereAreNamed() {
        var run = new PackerChoice(List.of(WEST), Optional.of("other"), List.of(), Optional.empty(), Optional.empty());

        assertThat(faults(() -> PackerSource.read("m.json", AMAZON, run)).getFirst())
                .startsWith("m.json: no build is of the run other; runs are " + FIRST_RUN + ", ");
        assertThat(faults(() -> PackerSource.read("m.json", AMAZON, builds(List.of(WEST), "db"))))
                .containsExactly("m.json: " + WEST + ": the run has no build 'db'; builds are web-arm, web");
    }

    @Test
    void anImportedImageCountsWhateverBuiltIt() throws Exception {
        String imported = AMAZON.replace("amazon-ebs", "qemu");

        assertThat(PackerSource.read("m.json", imported, builds(List.of(WEST), "web")))
                .isEqualTo(PackerSource.read("m.json", AMAZON, builds(List.of(WEST), "web")));
    }

    @Test
    void aDockerBuildIsItsConfigAndItsName() throws Exception {
        Found found = PackerSource.read("m.json", DOCKER, container(Optional.empty()));

        assertThat(lines(found)).containsExactly(CART + ": cart registry.example/shop/cart:1.4 +" + IMAGE_ID);
        assertThat(found.remarks())
                .singleElement()
                .satisfies(remark -> assertThat(remark.text())
                        .isEqualTo("only the config's digest is known, and most runtimes report the manifest's:"
                                + " push the image and add --resolve"));
    }

    @Test
    void theNameThatAnImageWasPushedUnderCanBeSaid() throws Exception {
        String pushed = "registry.example/cart@sha256:" + "a".repeat(64);

        Found found = PackerSource.read("m.json", DOCKER, container(Optional.of(pushed)));

        assertThat(lines(found)).containsExactly(CART + ": cart " + pushed + " +" + IMAGE_ID);
        assertThat(found.remarks()).isEmpty();
    }

    @Test
    void aContainerMustBeNamedAndAnExportIsNoImage() {
        var exported = new PackerChoice(
                List.of(CART), Optional.empty(), List.of("exported"), Optional.of("cart"), Optional.empty());

        assertThat(faults(() -> PackerSource.read("m.json", DOCKER, PackerChoice.of(List.of(CART)))))
                .containsExactly("m.json: " + CART + ": say which container runs the image: --container NAME");
        assertThat(faults(() -> PackerSource.read("m.json", DOCKER, exported)))
                .containsExactly("m.json: " + CART
                        + ": no build of the run made a Docker image ('exported': an exported container"
                        + " has no digest; commit it ('commit = true') instead)");
    }

    @Test
    void whatIsNoManifestIsRefused() {
        PackerChoice choice = PackerChoice.of(List.of(WEST));

        assertThat(faults(() -> PackerSource.read("m.json", "{\"builds\": []}", choice)))
                .containsExactly(
                        "m.json: is no manifest of Packer's manifest post-processor: 'builds' must list at least one build");
        assertThat(faults(() -> PackerSource.read("m.json", "", choice)).getFirst())
                .startsWith("m.json");
        assertThat(faults(() -> PackerSource.read(
                        "m.json",
                        "{\"builds\": [1, {\"name\": \"web\", \"builder_type\": \"amazon-ebs\","
                                + " \"artifact_id\": \"eu-west-1:vol-1\"}]}",
                        choice)))
                .containsExactly(
                        "m.json: builds[0]: must be a build: keys and values",
                        "m.json: builds[1].packer_run_uuid: must be a text",
                        "m.json: builds[1].artifact_id: 'eu-west-1:vol-1' is nothing that amazon-ebs makes",
                        "m.json.last_run_uuid: must be a text");
        assertThat(faults(() -> PackerSource.read("m.json", "{\"builds\": [], \"builds\": []}", choice))
                        .getFirst())
                .contains("Duplicate");
    }

    @Test
    void garbageIsRefused() {
        byte[] sound = Fixture.bytes("packer/amazon.json");

        Garbage.feed(
                sound,
                20261123,
                bytes -> PackerSource.read(
                        "m.json",
                        Input.text("m.json", new ByteArrayInputStream(bytes), PackerSource.LIMIT),
                        builds(List.of(WEST), "web")));
    }

    @Test
    void whatIsTooLargeIsRefused() {
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        SourceException.class,
                        () -> Input.text("m.json", new ByteArrayInputStream(new byte[(1 << 20) + 1]), 1 << 20)))
                .hasMessage("m.json: is larger than 1 MiB; that is more than is read at once, so split it");
    }

    private static PackerChoice builds(List<WorkloadId> workloads, String... builds) {
        return new PackerChoice(workloads, Optional.empty(), List.of(builds), Optional.empty(), Optional.empty());
    }

    private static PackerChoice container(Optional<String> image) {
        return new PackerChoice(List.of(CART), Optional.empty(), List.of(), Optional.of("cart"), image);
    }
}
