package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.role.AwsAccount;
import dev.snowmelt.cli.role.AwsIdentity;
import dev.snowmelt.fingerprint.ec2.AwsFault;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.exception.SdkException;

/// An AWS account and region: whose credentials these are, which calls they allow, and what time it is.
record AwsExamination(AwsTarget target, Set<ProcessRole> roles, InstantSource clock) implements Examination {
    @Override
    public String subject() {
        return "aws." + target.target();
    }

    @Override
    public void look(Consumer<Finding> tell) {
        try (AwsAccount account = AwsAccount.open(target)) {
            String check = subject() + ".identity";
            switch (account.identity()) {
                case AwsIdentity.Confirmed(String arn) -> {
                    tell.accept(Finding.ok(check, "AWS knows these credentials as " + arn));
                    tell.accept(time(account));
                    for (ProcessRole role : roles) {
                        if (!role.policy().isEmpty()) {
                            calls(account, role, tell);
                        }
                    }
                }
                case AwsIdentity.Refused(String line) ->
                    nothing(tell, Finding.fail(check, line, "correct aws.profile, aws.roleArn or aws.target"));
                case AwsIdentity.Unanswered(String line) ->
                    nothing(tell, Finding.fail(check, line, "correct the network, the region's name, or aws.endpoint"));
            }
        }
    }

    private void nothing(Consumer<Finding> tell, Finding why) {
        tell.accept(why);
        tell.accept(Finding.skipped("clock." + subject(), "AWS was not asked"));
        roles.stream()
                .filter(role -> !role.policy().isEmpty())
                .forEach(role -> tell.accept(Finding.skipped(check(role), "AWS was not asked")));
    }

    private String check(ProcessRole role) {
        return subject() + "." + role.policy().replaceAll(".*/|\\.json", "");
    }

    private Finding time(AwsAccount account) {
        String check = "clock." + subject();
        Instant from = clock.instant();
        try {
            AwsResponse answer = account.autoScaling().describeAutoScalingGroups(request -> request.maxRecords(1));
            Optional<String> date = answer.sdkHttpResponse().firstMatchingHeader("Date");
            return Clocks.compare(check, "AWS", date, from, clock.instant());
        } catch (SdkException _) {
            return Finding.skipped(check, "AWS did not answer the call whose Date was to be read");
        }
    }

    private void calls(AwsAccount account, ProcessRole role, Consumer<Finding> tell) {
        List<String> allowed = new ArrayList<>();
        List<String> untold = new ArrayList<>();
        List<String> denied = new ArrayList<>();
        String lastRefusal = "";
        for (String action : IamActions.documented(role.policy())) {
            IamActions.Probe probe = IamActions.probes().get(action);
            if (probe == null) {
                untold.add(action);
                continue;
            }
            try {
                probe.ask(account);
                allowed.add(action);
            } catch (SdkException e) {
                AwsFault fault = AwsFault.of(action, target.target().toString(), e);
                switch (fault.kind()) {
                    // Whether it may be called is decided before what it is called for is looked at.
                    case WOULD_WORK, NOT_FOUND, CONFLICT -> allowed.add(action);
                    case DENIED, CREDENTIALS -> {
                        denied.add(action);
                        lastRefusal = fault.sentence();
                    }
                    case INVALID, THROTTLED, SERVER, NOT_SENT, NO_ANSWER, PAGE_EXPIRED -> untold.add(action);
                }
            }
        }
        if (!denied.isEmpty()) {
            tell.accept(Finding.fail(
                    check(role),
                    "may not " + String.join(", ", denied) + " (" + lastRefusal + ")",
                    "attach docs/" + role.policy() + " to the role; if these are the credentials of another role, say"
                            + " --role"));
        } else if (!allowed.isEmpty()) {
            tell.accept(Finding.ok(check(role), "allowed: " + String.join(", ", allowed)));
        }
        if (!untold.isEmpty()) {
            tell.accept(Finding.skipped(
                    check(role),
                    "whether " + String.join(", ", untold) + " may be called cannot be told without calling it;"
                            + " 'aws iam simulate-principal-policy' tells what the policies say"));
        }
    }
}
