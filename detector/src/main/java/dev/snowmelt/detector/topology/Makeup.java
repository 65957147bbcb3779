package dev.snowmelt.detector.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Ran;
import dev.snowmelt.v1.Template;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What replicas that are alike have in common: the template that they were made from, their
/// containers with the images that they run, and a machine's user data, with all that follows from
/// these. Replicas are alike by their nature, so a workload has one or two makeups however many
/// instances it has, and each is parsed and judged once.
final class Makeup {
    /// The bytes of these fields of an image facet, where they lie in a record.
    ///
    /// @param from of template and containers, which follow each other
    /// @param userDataFrom of the user data's field
    @SuppressWarnings("ArrayRecordComponent") // compared by what lies in the ranges
    record Key(byte[] bytes, int from, int to, int userDataFrom, int userDataTo) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that
                    && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to)
                    && Arrays.equals(bytes, userDataFrom, userDataTo, that.bytes, that.userDataFrom, that.userDataTo);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(FacetHash.range(bytes, from, to)) ^ (userDataTo - userDataFrom);
        }

        /// The same with bytes of its own.
        Key kept() {
            int length = to - from;
            byte[] own = Arrays.copyOfRange(bytes, from, to + userDataTo - userDataFrom);
            System.arraycopy(bytes, userDataFrom, own, length, userDataTo - userDataFrom);
            return new Key(own, 0, length, length, own.length);
        }
    }

    private final ImageFacet facet;
    private final long images;
    private final boolean running;
    private final byte[] ran;
    private final List<Cohorts.Entry> cohorts;
    private @Nullable Judged judged;
    private @Nullable Declaration judgedBy;
    private @Nullable Template judgedWith;

    /// How many live instances of the workload have it.
    int instances;

    private Makeup(ImageFacet facet) {
        this.facet = facet;
        this.images = RanEvidence.hash(facet);
        this.running = running(facet);
        this.cohorts = Cohorts.entries(facet);
        var images = Ran.newBuilder();
        for (ObservedContainer container : facet.getContainersList()) {
            if (RanEvidence.counts(container)) {
                images.addImagesBuilder()
                        .setContainer(container.getName())
                        .setImage(container.getImage())
                        .setImageId(container.getImageId());
            }
        }
        this.ran = images.build().toByteArray();
    }

    /// @param key with bytes of its own
    /// @throws UnusableRecordException when the bytes are no template and containers
    static Makeup parse(Key key) {
        try {
            return new Makeup(ImageFacet.parseFrom(key.bytes()));
        } catch (InvalidProtocolBufferException e) {
            throw new UnusableRecordException("the value is no Observation: " + e.getMessage());
        }
    }

    /// An image facet that holds what is common and nothing else.
    ImageFacet facet() {
        return facet;
    }

    /// Hash of template and images; the same in every process.
    long images() {
        return images;
    }

    /// True when all image ids are known, but for ephemeral containers that never ran.
    boolean running() {
        return running;
    }

    /// Its images as fields of [Ran] or [Ran.Before].
    byte[] ran() {
        return ran;
    }

    /// True when one of its containers is called so.
    boolean has(String container) {
        return facet.getContainersList().stream()
                .anyMatch(each -> each.getName().equals(container));
    }

    /// What each instance of it counts for.
    List<Cohorts.Entry> cohorts() {
        return cohorts;
    }

    /// What follows for an instance of which no agent says anything. Judging looks at nothing of an
    /// image facet that is not common, so the judgement holds until declaration or template change.
    @SuppressWarnings("ReferenceEquality") // the view's own objects; to compare what is in them costs more than judging
    Judged judge(@Nullable Declaration declaration, JudgeRules rules, @Nullable Template template) {
        Judged known = judged;
        if (known == null || judgedBy != declaration || judgedWith != template) {
            known = Judged.of(Judge.judge(declaration, rules, template, facet, List.of()));
            judged = known;
            judgedBy = declaration;
            judgedWith = template;
        }
        return known;
    }

    private static boolean running(ImageFacet image) {
        boolean any = false;
        for (ObservedContainer container : image.getContainersList()) {
            if (RanEvidence.counts(container)) {
                if (container.getImageId().isEmpty()) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }
}
