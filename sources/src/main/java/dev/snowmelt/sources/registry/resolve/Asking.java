package dev.snowmelt.sources.registry.resolve;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.sources.registry.Registry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes questions that are due to registries, and what they say to the registrar. [#step] is
/// called again and again by one thread.
final class Asking implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Asking.class);
    /// How soon a question is looked at again that nothing can be asked for: its declaration is on
    /// its way, or gone.
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final OpenCases cases;
    private final DeclaredNow declared;
    private final Registry registry;
    private final ResolverSettings settings;
    private final Backoff backoff;
    private final ProposalWriter proposals;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
    private int underWay;

    Asking(
            OpenCases cases,
            DeclaredNow declared,
            Registry registry,
            ResolverSettings settings,
            Backoff backoff,
            ProposalWriter proposals,
            InstantSource clock,
            MeterRegistry meters) {
        this.cases = cases;
        this.declared = declared;
        this.registry = registry;
        this.settings = settings;
        this.backoff = backoff;
        this.proposals = proposals;
        this.clock = clock;
        this.meters = meters;
    }

    /// What was found of one gap.
    private record Found(DeclaredNow.Gap gap, Finding finding) {}

    /// What was found of a question, gap by gap, until one was accepted or could not be told.
    private record Answered(OpenCase open, List<Found> found) {}

    void step(ResolverClients.Proposals producer) {
        for (Answered each = answered.poll(); each != null; each = answered.poll()) {
            underWay--;
            each.open().asking = false;
            take(each, producer);
        }
        for (OpenCase open : cases.due(clock.instant(), settings.concurrency() - underWay)) {
            begin(open);
        }
    }

    private void begin(OpenCase open) {
        DeclaredNow.Gaps gaps;
        try {
            gaps = declared.gaps(open.question);
        } catch (InvalidProtocolBufferException e) {
            untold(open, new Finding.Untold("unreadable", "Its declaration cannot be read.", Duration.ZERO));
            return;
        }
        if (gaps.full()) {
            untold(
                    open,
                    new Finding.Untold(
                            "full",
                            "A revision keeps what registries said of " + DeclaredNow.MOST_RESOLVED
                                    + " digests, and has them: declare the digests themselves.",
                            Duration.ZERO));
            return;
        }
        if (gaps.gaps().isEmpty()) {
            open.due = clock.instant().plus(IDLE);
            return;
        }
        open.asking = true;
        underWay++;
        threads.execute(() -> answered.add(new Answered(open, ask(open.question, gaps.gaps()))));
    }

    private List<Found> ask(Question question, List<DeclaredNow.Gap> gaps) {
        List<Found> found = new ArrayList<>();
        for (DeclaredNow.Gap gap : gaps) {
            Finding finding;
            try {
                finding = Inquiry.of(registry, gap.container(), question.image());
            } catch (RuntimeException e) {
                // Outermost loop of a question: a defect here must not stop the others.
                LOG.atError().addKeyValue("image", question.image()).setCause(e).log("question failed");
                finding = new Finding.Untold("defect", "This program has a defect: " + e, Duration.ZERO);
            }
            found.add(new Found(gap, finding));
            if (finding instanceof Finding.Accepted || finding instanceof Finding.Untold) {
                break;
            }
        }
        return found;
    }

    private void take(Answered answer, ResolverClients.Proposals producer) {
        OpenCase open = answer.open();
        Instant now = clock.instant();
        boolean confirmed = open.missing;
        open.due = now.plus(settings.patience()); // the registrar's turn
        for (Found found : answer.found()) {
            switch (found.finding()) {
                case Finding.Accepted(var detail) -> {
                    count("accepted");
                    told(open);
                    proposals.propose(producer, open.question, found.gap(), true, detail);
                }
                case Finding.Another(var detail) -> {
                    count("another");
                    told(open);
                    proposals.propose(producer, open.question, found.gap(), false, detail);
                }
                case Finding.Missing(var detail)
                when confirmed -> {
                    count("unknown");
                    told(open);
                    proposals.propose(producer, open.question, found.gap(), false, detail);
                }
                case Finding.Missing _ -> {
                    // Registries replicate: what is not known yet may be in a moment.
                    open.missing = true;
                    open.due = now.plus(settings.confirm());
                }
                case Finding.Untold untold -> untold(open, untold);
            }
        }
    }

    private static void told(OpenCase open) {
        open.failures = 0;
        open.problem = "";
    }

    private void untold(OpenCase open, Finding.Untold untold) {
        count(untold.reason());
        open.failures++;
        open.missing = false;
        Duration wait = backoff.after(open.failures);
        open.due = clock.instant().plus(untold.pause().compareTo(wait) > 0 ? untold.pause() : wait);
        if (!open.problem.equals(untold.detail())) {
            open.problem = untold.detail();
            LOG.atWarn()
                    .addKeyValue("workload", open.question.workload())
                    .addKeyValue("container", open.question.container())
                    .addKeyValue("image", open.question.image())
                    .log(untold.detail() + " It stays UNVERIFIED meanwhile.");
        }
    }

    private void count(String result) {
        Counter.builder("snowmelt.resolver.answers")
                .description("Answers to questions about a digest, by what is known now")
                .tag("result", result)
                .register(meters)
                .increment();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
