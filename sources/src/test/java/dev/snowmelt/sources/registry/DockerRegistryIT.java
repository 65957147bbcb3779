package dev.snowmelt.sources.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.sandbox.registry.ImagePusher;
import dev.snowmelt.sandbox.registry.ImagePusher.Entry;
import dev.snowmelt.sandbox.registry.RegistryProcess;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client against Docker's own registry.
class DockerRegistryIT {
    @TempDir
    static Path folder;

    private static RegistryProcess registry;
    private static RegistryProcess locked;

    @BeforeAll
    static void start() throws IOException {
        RealRegistry.orSkip();
        registry = RegistryProcess.open(Files.createDirectory(folder.resolve("open")));
        locked = RegistryProcess.locked(Files.createDirectory(folder.resolve("locked")));
    }

    @AfterAll
    static void stop() {
        for (RegistryProcess each : new RegistryProcess[] {registry, locked}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static HttpRegistry client() {
        return client(DockerConfig.standard(
                Map.of("DOCKER_CONFIG", folder.resolve("none").toString())));
    }

    private static HttpRegistry client(DockerConfig credentials) {
        return new HttpRegistry(RegistrySettings.of(credentials, true));
    }

    private static ImageSet read(String image, Platform... platforms) throws RegistryException {
        try (var client = client()) {
            return new ImageReader(client).read(ImageReference.parse(image), Set.of(platforms));
        }
    }

    @Test
    void anIndexIsItselfItsImagesAndTheirConfigsButNoAttestation() throws Exception {
        try (var push = new ImagePusher(registry, "shop/cart")) {
            var amd = push.image("", "cart amd64", "1");
            var arm = push.image("", "cart arm64", "1");
            var attestation = push.image("", "attestation", "1");
            String index = push.index(
                    "2.1",
                    new Entry(amd, "linux/amd64"),
                    new Entry(arm, "linux/arm64"),
                    new Entry(attestation, "unknown/unknown"));

            ImageSet all = read(registry.name() + "/shop/cart:2.1");
            ImageSet one = read(registry.name() + "/shop/cart:2.1", Platform.parse("linux/arm64"));

            assertThat(all.index()).isEqualTo(index);
            assertThat(all.pinned()).hasToString(registry.name() + "/shop/cart:2.1@" + index);
            assertThat(all.digests())
                    .containsExactlyInAnyOrder(amd.digest(), amd.config(), arm.digest(), arm.config())
                    .isSorted();
            assertThat(all.images())
                    .first()
                    .isEqualTo(new ImageSet.PlatformImage(
                            amd.digest(), amd.config(), Platform.parse("linux/amd64"), ImagePusher.OCI_MANIFEST));
            assertThat(one.pinned().digest()).isEqualTo(index);
            assertThat(one.digests()).containsExactlyInAnyOrder(arm.digest(), arm.config());
            assertThat(catchThrowableOfType(
                            RegistryException.class,
                            () -> read(registry.name() + "/shop/cart:2.1", Platform.parse("windows/amd64"))))
                    .hasMessageContaining("lists no image for [windows/amd64]");
        }
    }

    @Test
    void dockersOwnMediaTypesAreReadAsWell() throws Exception {
        try (var push = new ImagePusher(registry, "old/app")) {
            var image = push.image("single", "old", "", ImagePusher.DOCKER_MANIFEST);
            String list = push.index("list", ImagePusher.DOCKER_LIST, new Entry(image, "linux/amd64"));

            ImageSet single = read(registry.name() + "/old/app:single");
            ImageSet listed = read(registry.name() + "/old/app:list");

            assertThat(single.index()).isNull();
            assertThat(single.pinned().digest()).isEqualTo(image.digest());
            assertThat(single.digests()).containsExactly(image.config());
            assertThat(listed.pinned().digest()).isEqualTo(list);
            assertThat(listed.digests()).containsExactlyInAnyOrder(image.digest(), image.config());
        }
    }

    @Test
    void whatIsNotThereIsSaidAndADigestIsFoundWithoutItsTag() throws Exception {
        try (var push = new ImagePusher(registry, "shop/gone")) {
            var image = push.image("1", "gone", "1");
            assertThat(read(registry.name() + "/shop/gone@" + image.digest()).configs())
                    .containsExactly(image.config());

            push.delete(image.digest());

            for (String reference : List.of("shop/gone@" + image.digest(), "shop/gone:1", "shop/gone:2", "no/such:1")) {
                var unknown =
                        catchThrowableOfType(RegistryException.class, () -> read(registry.name() + "/" + reference));
                assertThat(unknown.kind()).as(reference).isEqualTo(Kind.UNKNOWN);
                assertThat(unknown).hasMessageContaining("does not know " + registry.name() + "/" + reference);
            }
        }
    }

    @Test
    void aLockedRegistryOpensToTheCredentialsOfTheDockerConfiguration() throws Exception {
        try (var push = new ImagePusher(locked, "shop/cart")) {
            var image = push.image("1", "locked", "1");
            var reference = ImageReference.parse(locked.name() + "/shop/cart:1");
            Path config = Files.writeString(
                    folder.resolve("login.json"),
                    "{\"auths\":{\"" + locked.name() + "\":{\"username\":\"" + RegistryProcess.USER
                            + "\",\"password\":\"" + RegistryProcess.PASSWORD + "\"}}}");
            Path wrong = Files.writeString(
                    folder.resolve("wrong.json"),
                    "{\"auths\":{\"" + locked.name() + "\":{\"username\":\"snow\",\"password\":\"hush\"}}}");

            try (var known = client(DockerConfig.of(config));
                    var stranger = client();
                    var impostor = client(DockerConfig.of(wrong))) {
                assertThat(new ImageReader(known)
                                .read(reference, Set.of())
                                .pinned()
                                .digest())
                        .isEqualTo(image.digest());
                for (HttpRegistry each : List.of(stranger, impostor)) {
                    var refused = catchThrowableOfType(
                            RegistryException.class, () -> new ImageReader(each).read(reference, Set.of()));
                    assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORISED);
                    assertThat(refused).hasMessageContaining("docker login").hasMessageNotContaining("hush");
                }
            }
        }
    }

    @Test
    void declarationsArePinnedAndEachReferenceIsAskedForOnce() throws Exception {
        try (var push = new ImagePusher(registry, "shop/pin");
                var client = client()) {
            var amd = push.image("", "pin amd64", "1");
            String index = push.index("1", new Entry(amd, "linux/amd64"));
            String image = registry.name() + "/shop/pin:1";
            var asked = new java.util.concurrent.atomic.AtomicInteger();
            Registry counting = (repository, reference) -> {
                asked.incrementAndGet();
                return client.manifest(repository, reference);
            };
            var good = declare("a", image, image + "@" + index);
            var bad = declare("b", image, registry.name() + "/shop/pin:none");

            var pinned = new ImagePinning(counting, Set.of()).pin(List.of(good, bad, declare("c", image)));

            assertThat(pinned.declarations())
                    .extracting(Declare::getWorkload)
                    .containsExactly(good.getWorkload(), "k8s:test/shop/Deployment/c");
            assertThat(pinned.declarations().getFirst().getSpec().getContainersList())
                    .allSatisfy(container -> {
                        assertThat(container.getImage()).isEqualTo(image + "@" + index);
                        assertThat(container.getDigestsList())
                                .containsExactlyInAnyOrder(amd.digest(), amd.config())
                                .isSorted();
                    });
            assertThat(pinned.unresolved()).singleElement().satisfies(unresolved -> {
                assertThat(unresolved.place()).isEqualTo("k8s:test/shop/Deployment/b: spec.containers[1].image");
                assertThat(unresolved.reason()).contains("does not know");
            });
            assertThat(asked).hasValue(2 + 2 + 1); // tag, digest, each with its platform, and what is not there
        }
    }

    private static Declare declare(String name, String... images) {
        var spec = DeclarationSpec.newBuilder();
        for (int i = 0; i < images.length; i++) {
            spec.addContainers(DeclaredContainer.newBuilder()
                    .setName("c" + i)
                    .setType(DeclaredContainer.Type.APP)
                    .setImage(images[i]));
        }
        return Declare.newBuilder()
                .setWorkload("k8s:test/shop/Deployment/" + name)
                .setSpec(spec)
                .build();
    }
}
