package dev.snowmelt.sources.registry;

import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.sources.Found;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Turns images of declarations, tags and digests, into pinned references with every digest that a
/// runtime may report. Each reference is asked for once, and never more than a few at a time of one
/// registry.
public final class ImagePinning {
    /// Questions to one registry at a time: as many connections as a container runtime pulls with.
    private static final int AT_ONCE = 4;

    private final ImageReader reader;
    private final Set<Platform> platforms;

    /// @param platforms only images of these count; empty: all
    public ImagePinning(Registry registry, Set<Platform> platforms) {
        this.reader = new ImageReader(registry);
        this.platforms = Set.copyOf(platforms);
    }

    /// What became of the declarations.
    ///
    /// @param declarations those of which every image could be resolved, in their order
    /// @param unresolved every image that could not; its workload is not among `declarations`
    public record Pinned(List<Declare> declarations, List<Found.Unresolved> unresolved) {
        public Pinned {
            declarations = List.copyOf(declarations);
            unresolved = List.copyOf(unresolved);
        }
    }

    /// Asks for every image, and waits for all answers.
    public Pinned pin(List<Declare> declarations) throws InterruptedException {
        return pin(declarations, Set.of());
    }

    /// Asks for every image, and waits for all answers.
    ///
    /// @param built workloads whose `digests` are of the very image that was built: an image that
    /// has not every one of them is another, because its tag was pushed again since
    public Pinned pin(List<Declare> declarations, Set<String> built) throws InterruptedException {
        Map<String, Answer> answers = ask(references(declarations));
        List<Declare> pinned = new ArrayList<>();
        List<Found.Unresolved> unresolved = new ArrayList<>();
        for (Declare declare : declarations) {
            int before = unresolved.size();
            Declare.Builder builder = declare.toBuilder();
            for (int i = 0; i < declare.getSpec().getContainersCount(); i++) {
                DeclaredContainer container = declare.getSpec().getContainers(i);
                String place = declare.getWorkload() + ": spec.containers[" + i + "].image";
                switch (answers.get(container.getImage())) {
                    case Answer.Resolved(var image)
                    when asks(container) && built.contains(declare.getWorkload()) && !has(image, container) ->
                        unresolved.add(new Found.Unresolved(place, another(container, image)));
                    case Answer.Resolved(var image)
                    when asks(container) -> builder.getSpecBuilder().setContainers(i, pinned(container, image));
                    case Answer.Failed(var sentence)
                    when asks(container) -> unresolved.add(new Found.Unresolved(place, sentence));
                    case null, default -> {} // nothing to ask a registry about
                }
            }
            if (unresolved.size() == before) {
                pinned.add(builder.build());
            }
        }
        return new Pinned(pinned, unresolved);
    }

    private sealed interface Answer {
        record Resolved(ImageSet image) implements Answer {}

        record Failed(String sentence) implements Answer {}
    }

    // Machine images are in no registry; what names digests alone has nothing to look up.
    private static boolean asks(DeclaredContainer container) {
        return container.getType() != DeclaredContainer.Type.AMI
                && !container.getImage().isEmpty()
                && !container.getImage().startsWith("ami-");
    }

    private static Set<String> references(List<Declare> declarations) {
        var references = new TreeSet<String>();
        declarations.forEach(declare -> declare.getSpec().getContainersList().stream()
                .filter(ImagePinning::asks)
                .forEach(container -> references.add(container.getImage())));
        return references;
    }

    private Map<String, Answer> ask(Set<String> references) throws InterruptedException {
        Map<String, Semaphore> registries = new ConcurrentHashMap<>();
        Map<String, Future<Answer>> asked = new LinkedHashMap<>();
        Map<String, Answer> answers = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                references.forEach(text -> asked.put(text, threads.submit(() -> ask(text, registries))));
                for (var entry : asked.entrySet()) {
                    answers.put(entry.getKey(), entry.getValue().get());
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a question to a registry failed", e.getCause());
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw e;
            }
        }
        return answers;
    }

    private Answer ask(String text, Map<String, Semaphore> registries) throws InterruptedException {
        ImageReference reference;
        try {
            reference = ImageReference.parse(text);
        } catch (IllegalArgumentException e) {
            return new Answer.Failed(e.getMessage() + ".");
        }
        Semaphore place = registries.computeIfAbsent(Repository.of(reference).registry(), _ -> new Semaphore(AT_ONCE));
        place.acquire();
        try {
            return new Answer.Resolved(reader.read(reference, platforms));
        } catch (RegistryException e) {
            return new Answer.Failed(e.sentence());
        } finally {
            place.release();
        }
    }

    // A builder knows the config's digest, or the manifest's where Docker keeps its images in containerd.
    private static boolean has(ImageSet image, DeclaredContainer container) {
        return container.getDigestsList().stream()
                .allMatch(digest -> image.digests().contains(digest)
                        || image.pinned().digest().equals(digest));
    }

    private String another(DeclaredContainer container, ImageSet image) {
        return "'" + container.getImage() + "' is " + image.pinned().digest()
                + (platforms.isEmpty() ? "" : " (of " + platforms + ")") + " with the config "
                + String.join(", ", image.configs()) + ", and not what was built, "
                + String.join(", ", container.getDigestsList())
                + ": it was pushed again since, or never; push what was built and name the tag that it has.";
    }

    private static DeclaredContainer pinned(DeclaredContainer container, ImageSet image) {
        var digests = new TreeSet<>(container.getDigestsList());
        digests.addAll(image.digests());
        digests.remove(image.pinned().digest());
        return container.toBuilder()
                .setImage(image.pinned().toString())
                .clearDigests()
                .addAllDigests(digests)
                .build();
    }
}
