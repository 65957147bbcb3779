package dev.snowmelt.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The chart of this module, rendered as `helm template` does.
final class Chart {
    static final Path FOLDER = Path.of("snowmelt").toAbsolutePath();
    /// The value sets of which a render is kept.
    static final List<String> SETS = List.of("minimal", "production", "ec2");

    private static final String NAMESPACE = "snowmelt";

    /// Which cluster Helm takes itself to speak to.
    private static final String KUBERNETES = "1.31.0";

    private static final Map<String, Manifests> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    static Path values(String set) {
        return Path.of("src/test/values", set + ".yaml").toAbsolutePath();
    }

    /// One of [#SETS], in the namespace that docs/rbac.yaml uses.
    static Manifests render(String set) {
        return RENDERED.computeIfAbsent(set, each -> Manifests.read(text(each)));
    }

    /// The same as text.
    static String text(String set) {
        return template(set, NAMESPACE).call();
    }

    private static TemplateCommand template(String set, String namespace) {
        return new Helm(FOLDER)
                .template()
                .withName("snowmelt")
                .withNamespace(namespace)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values(set));
    }

    /// A value set with further values over it.
    ///
    /// @throws IllegalStateException with Helm's words, when it refuses
    static Manifests render(String set, String yaml) {
        return render(set, NAMESPACE, yaml);
    }

    /// The same in another namespace.
    static Manifests render(String set, String namespace, String yaml) {
        try {
            Path over = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(over, yaml);
                return Manifests.read(
                        template(set, namespace).withValuesFile(over).call());
            } finally {
                Files.delete(over);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
