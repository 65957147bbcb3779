package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.Subjects;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.Trust;
import dev.snowmelt.cli.kafka.CompactedTopic;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What the declare commands do with Kafka: read what is declared, propose, and tell how it ended.
final class Declarations {
    private final SnowmeltCommand command;
    private final Config config;
    private final Config.Kafka kafka;
    private final Trust trust;
    private final Topics topics;

    Declarations(SnowmeltCommand command, Config config) {
        this.command = command;
        this.config = config;
        this.kafka = config.kafka();
        this.trust = config.trust();
        this.topics = kafka.topics();
    }

    /// Reads the sources, then what is declared, and lays both beside each other.
    ///
    /// @param force propose without the condition that nobody declares meanwhile
    /// @throws CliException with every fault; nothing was published then
    List<Planned> plan(SourceOptions sources, boolean force) throws InterruptedException {
        Gathered gathered = sources.read(
                command.root().surroundings().clock().instant(),
                config.registry(),
                command.root().surroundings().environment());
        gathered.demandSound(sources.skipsUnresolved());
        if (gathered.drafts().isEmpty() && gathered.unresolved().isEmpty()) {
            throw new CliException("There is no declaration in " + sources.names() + ".");
        }
        gathered.notes().forEach(command.root().surroundings().err()::println);
        var comparison = new Comparison(
                newest(gathered.drafts().stream().map(Draft::subject).toList()), !sources.replacesPolicy(), force);
        List<Planned> planned = gathered.drafts().stream().map(comparison::plan).toList();
        new Gathered(gathered.drafts(), comparison.faults(), List.of(), List.of()).demandSound(true);
        return planned;
    }

    /// What is declared for workloads now; those without a declaration are not in it.
    Map<WorkloadId, Declaration> newest(Collection<String> workloads) throws InterruptedException {
        Set<WorkloadId> wanted = workloads.stream()
                .flatMap(workload -> Subjects.workload(workload).stream())
                .collect(Collectors.toSet());
        if (wanted.isEmpty()) {
            return Map.of();
        }
        awaitDeclarations();
        List<Integer> partitions = wanted.stream()
                .map(workload -> Topic.partition(workload.toString(), topics.partitions()))
                .distinct()
                .toList();
        return new CompactedTopic(kafka).read(topics.declarations(), wanted::contains, partitions);
    }

    private void awaitDeclarations() throws InterruptedException {
        command.await(kafka, List.of(topics.declarations()));
    }

    /// Everything that is declared below a target; empty: below all.
    Map<WorkloadId, Declaration> all(String target) throws InterruptedException {
        awaitDeclarations();
        return new CompactedTopic(kafka)
                .read(
                        topics.declarations(),
                        workload ->
                                target.isEmpty() || workload.target().toString().equals(target),
                        List.of());
    }

    /// Refuses what no declaration can be about.
    static void checkWorkload(SnowmeltCommand command, String text) {
        if (Subjects.workload(text).isEmpty()) {
            throw command.misused("'" + text + "' is no workload such as 'k8s:prod-eu/shop/Deployment/cart'.");
        }
    }

    /// A revision by its number; 0: the newest.
    ///
    /// @throws CliException when it is not known
    Revision revision(Declaration declaration, long number) {
        List<Revision> known = declaration.getRevisionsList();
        return known.stream()
                .filter(revision -> number == 0 || revision.getNumber() == number)
                .findFirst()
                .orElseThrow(() -> new CliException("Revision " + number + " of " + declaration.getWorkload()
                        + " is not known; known are " + numbers(known) + "."));
    }

    /// The revision before the newest.
    ///
    /// @throws CliException when there is none
    Revision previous(Declaration declaration) {
        return declaration.getRevisionsList().stream()
                .skip(1)
                .findFirst()
                .orElseThrow(() -> new CliException("There is nothing to go back to: "
                        + declaration.getWorkload() + " has only revision "
                        + declaration.getRevisions(0).getNumber() + "."));
    }

    private static String numbers(List<Revision> known) {
        return known.stream()
                .map(revision -> Long.toString(revision.getNumber()))
                .collect(Collectors.joining(", "));
    }

    /// What is declared for one workload.
    ///
    /// @throws CliException when nothing is
    Declaration of(String workload) throws InterruptedException {
        return newest(List.of(workload)).values().stream()
                .findFirst()
                .orElseThrow(() -> new CliException(
                        "Nothing is declared for " + workload + "; 'snowmelt declare list' shows what is."));
    }

    /// Proposes, waits for the answers and prints them.
    ///
    /// @param remarks printed after the table
    /// @return exit code: 1 when one was refused
    int propose(List<Attempt> attempts, List<String> remarks) throws InterruptedException {
        command.await(kafka, List.of(topics.proposals(), topics.answers()), Part.DECLARE);
        Snowmelt root = command.root();
        List<Answer> answers = new Proposer(
                        kafka, trust.signer(), root.surroundings().clock())
                .publish(attempts.stream().map(Attempt::wish).toList(), root.patience());
        var outcome = new Outcome(attempts, answers);
        root.results().print(outcome::tree, () -> outcome.lines(remarks));
        return outcome.refused() ? ExitCode.ERROR : ExitCode.OK;
    }
}
