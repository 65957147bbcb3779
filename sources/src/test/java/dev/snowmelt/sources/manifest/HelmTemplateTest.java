package dev.snowmelt.sources.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import dev.snowmelt.sources.Fixture;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The rendered manifests that the other tests read are what real Helm makes of the chart beside
/// them.
class HelmTemplateTest {
    private static final Path SOURCES = Path.of("src/test/resources/dev/snowmelt/sources/manifest/rendered.yaml");

    @Test
    void theFixtureIsWhatHelmRenders() throws IOException, URISyntaxException {
        Path chart = Path.of(Objects.requireNonNull(Fixture.class.getResource("manifest/chart"))
                .toURI());

        String rendered = new Helm(chart)
                .template()
                .withName("summer")
                .withNamespace("shop")
                .call();

        if (Boolean.getBoolean("fixtures.write")) {
            Files.writeString(SOURCES, rendered);
        }
        assertThat(Files.readString(SOURCES)).isEqualTo(rendered);
    }
}
