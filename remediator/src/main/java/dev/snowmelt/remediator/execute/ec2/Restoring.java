package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.fingerprint.ec2.AwsFault.Kind;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Permit;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.v1.Hold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionResponse;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// One restore of one group, step by step. None but the last changes what the group launches:
///
/// 1. A group that follows `$Latest` is pointed at the number that this stands for now, since
/// otherwise it would launch from the new version before EC2's doubts about it are read. 2. The
/// version is made, unless this process made it before. 3. The group is pointed at it.
///
/// None of the calls takes a precondition. So right before each of them the group is looked at, and
/// launches from what the restore began with; then whether the order still holds is asked; and when
/// more than two seconds passed since, both are done again. (Before the second all groups are
/// looked at, page by page: two seconds since the last page.)
final class Restoring {
    /// How old what a look saw of the group may be when the call is made.
    private static final Duration LOOK_HOLDS = Duration.ofSeconds(2);
    /// How often is looked again.
    private static final int LOOKS = 3;
    /// EC2 and Auto Scaling are eventually consistent: a version that was made may not be known
    /// everywhere yet. For how long that is to be expected, AWS does not say. Long enough for
    /// several attempts, which the planner makes ever less often.
    private static final Duration UNKNOWN_AT_FIRST = Duration.ofMinutes(10);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

    private final Looks looks;
    private final Changes changes;
    private final Order.Restore order;
    private final Restore.Do plan;
    private final Permit permit;
    private final UndoubtedVersions undoubted;
    /// What has been done so far, in words: it must be told however this ends.
    private final List<String> done = new ArrayList<>();

    private @Nullable LaunchTemplateVersion version;

    Restoring(
            Looks looks,
            Changes changes,
            Order.Restore order,
            Restore.Do plan,
            Permit permit,
            UndoubtedVersions undoubted) {
        this.looks = looks;
        this.changes = changes;
        this.order = order;
        this.plan = plan;
        this.permit = permit;
        this.undoubted = undoubted;
    }

    Reply carryOut() {
        Reply reply;
        try {
            reply = findVersion().or(this::pin).or(this::makeVersion).orElseGet(this::point);
        } catch (Unanswered e) {
            reply = Replies.toLook(e.fault());
        }
        return reply instanceof Reply.Accepted || done.isEmpty() ? reply : told(reply);
    }

    // What was done must reach the outcome, also where it would be looked at again at once.
    private Reply told(Reply reply) {
        Reply ends = reply instanceof Reply.Conflict(var detail) ? notNow(detail) : reply;
        return Replies.noting(ends, String.join("; ", done));
    }

    /// Uses the version that this process made for the same before, if it is still there. Versions
    /// that somebody else made are not used, also where they name the declared image, as an earlier
    /// one does after a rollback: what else they hold, this version of the SDK may not know.
    ///
    /// @return empty: go on. So in the other steps
    private Optional<Reply> findVersion() {
        NewVersion wanted = plan.version();
        List<LaunchTemplateVersion> there =
                looks.begin().versionsFrom(wanted.launchTemplate(), wanted.source(), wanted.image());
        version = undoubted
                .number(wanted)
                .flatMap(number -> there.stream()
                        .filter(each -> number.equals(each.versionNumber()))
                        .findFirst())
                .orElse(null);
        return version != null
                ? Optional.empty()
                : there.stream().filter(wanted::describes).findFirst().map(Restoring::doubtful);
    }

    // The same request again would be answered with that version, and whether also with EC2's warning, it does not say.
    private static Reply doubtful(LaunchTemplateVersion made) {
        return Replies.notNow(
                "this very command made version %d of %s before, and whether EC2 warned of it is not known any more: the next attempt makes another"
                        .formatted(made.versionNumber(), made.launchTemplateId()));
    }

    private Optional<Reply> pin() {
        if (version != null || !plan.followsNewest()) {
            return Optional.empty();
        }
        Optional<Reply> stop = rightAfter(
                this::unchanged, group -> update(group, plan.standing().number(), Replies::toCall));
        if (stop.isEmpty()) {
            done.add("it does not follow %s any more, but names the version's number".formatted(plan.named()));
        }
        return stop;
    }

    private Optional<Reply> makeVersion() {
        return version != null ? Optional.empty() : rightAfter(this::again, _ -> create());
    }

    private Optional<Reply> create() {
        NewVersion wanted = plan.version();
        CreateLaunchTemplateVersionResponse created;
        try {
            created = changes.createVersion(wanted);
        } catch (SdkException e) {
            return Optional.of(Replies.toCall(AwsFault.of(Changes.CREATE_VERSION, wanted.launchTemplate(), e)));
        }
        version = created.launchTemplateVersion();
        if (version == null || version.versionNumber() == null) {
            return Optional.of(
                    new Reply.EffectUnknown("EC2 does not say which version it made of " + wanted.launchTemplate()));
        }
        done.add("version %d of %s was made for it".formatted(version.versionNumber(), wanted.launchTemplate()));
        Optional<Reply> doubt = warning(created)
                .map(warning -> new Reply.Rejected("EC2 warns of it, so that nothing launches from it: " + warning));
        if (doubt.isEmpty()) {
            undoubted.add(wanted, version.versionNumber());
        }
        return doubt;
    }

    // "If the new version contains parameters that are not valid, an error code and message for each."
    private static Optional<String> warning(CreateLaunchTemplateVersionResponse created) {
        return created.warning() == null
                ? Optional.empty()
                : created.warning().errors().stream().findFirst().map(error -> error.code() + ": " + error.message());
    }

    private Reply point() {
        LaunchTemplateVersion target = Objects.requireNonNull(version, "made, or made before");
        long number = target.versionNumber();
        return rightAfter(this::unchanged, group -> update(group, number, fault -> notPointed(fault, target)))
                .orElseGet(() -> new Reply.Accepted(pointed(number)));
    }

    private String pointed(long number) {
        String pointed = "group %s launches %s from version %d of %s; version %d is kept"
                .formatted(
                        order.workload().name(),
                        plan.version().image(),
                        number,
                        plan.version().launchTemplate(),
                        plan.version().source());
        return plan.named().matches("[0-9]+")
                ? pointed
                : pointed + "; it followed %s before, and names numbers now".formatted(plan.named());
    }

    private Optional<Reply> update(AutoScalingGroup group, long number, Function<AwsFault, Reply> failed) {
        try {
            changes.point(group, plan.standing().launchTemplate(), number);
            return Optional.empty();
        } catch (SdkException e) {
            return Optional.of(
                    failed.apply(AwsFault.of(Changes.UPDATE_GROUP, "group " + group.autoScalingGroupName(), e)));
        }
    }

    private Reply notPointed(AwsFault fault, LaunchTemplateVersion target) {
        return (fault.kind() == Kind.INVALID || fault.kind() == Kind.NOT_FOUND) && isNew(target)
                ? notNow(fault.sentence() + ": Auto Scaling may not know the new version yet")
                : Replies.toCall(fault);
    }

    /// By when the order was issued: EC2's clock and the planner's differ by less than it takes.
    private boolean isNew(LaunchTemplateVersion target) {
        return target.createTime() == null
                || target.createTime().plus(UNKNOWN_AT_FIRST).isAfter(order.issuedAt());
    }

    private record Looked(Restore found, long since) {}

    private Looked unchanged() {
        long since = System.nanoTime();
        return new Looked(Restore.unchanged(looks, plan), since);
    }

    // All groups are many pages in a large account, which may take longer than a look holds: from when the last one was
    // read. What follows the newest version since its page was read is not seen.
    private Looked again() {
        Restore found = Restore.again(looks, plan);
        return new Looked(found, System.nanoTime());
    }

    /// @return empty: the call was made and accepted
    private Optional<Reply> rightAfter(Supplier<Looked> look, Function<AutoScalingGroup, Optional<Reply>> call) {
        for (int i = 0; i < LOOKS; i++) {
            Looked looked = look.get();
            switch (looked.found()) {
                case Restore.Dont(var why) -> {
                    return Optional.of(why);
                }
                case Restore.Do unchanged -> {
                    Optional<Reply> objection = permit.objection();
                    if (objection.isPresent()) {
                        return objection;
                    }
                    if (System.nanoTime() - looked.since() <= LOOK_HOLDS.toNanos()) {
                        return call.apply(unchanged.group());
                    }
                }
            }
        }
        return Optional.of(
                notNow("more than %d ms passed between looking at group %s and changing it, %d times in a row"
                        .formatted(LOOK_HOLDS.toMillis(), order.workload().name(), LOOKS)));
    }

    private static Reply notNow(String why) {
        return new Reply.NotNow(Hold.Reason.PLATFORM, why, LOOK_AGAIN);
    }
}
