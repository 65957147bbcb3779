package dev.snowmelt.cli.role;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.config.AwsTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reaches the AWS accounts that the settings name.
public final class AwsAccounts {
    private AwsAccounts() {}

    /// An account and what AWS says of its credentials.
    ///
    /// @param account the caller's to close
    /// @param identity never refused
    public record Reached(AwsAccount account, AwsIdentity identity) {}

    /// Opens all and asks AWS at once whose credentials each has, for some seconds at most.
    ///
    /// @throws CliException with a line for each target whose credentials are refused or of another account
    public static List<Reached> open(List<AwsTarget> targets) throws InterruptedException {
        List<AwsAccount> accounts = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (AwsTarget target : targets) {
            try {
                accounts.add(AwsAccount.open(target));
            } catch (CliException e) {
                refused.addAll(e.lines());
            }
        }
        boolean given = false;
        try {
            List<Reached> reached = identified(accounts);
            for (Reached each : reached) {
                if (each.identity() instanceof AwsIdentity.Refused(String line)) {
                    refused.add(line);
                }
            }
            if (!refused.isEmpty()) {
                throw new CliException(ExitCode.ERROR, refused);
            }
            given = true;
            return reached;
        } finally {
            if (!given) {
                accounts.forEach(AwsAccount::close);
            }
        }
    }

    private static List<Reached> identified(List<AwsAccount> accounts) throws InterruptedException {
        try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reached>> answers = accounts.stream()
                    .map(account -> asking.submit(() -> new Reached(account, account.identity())))
                    .toList();
            List<Reached> reached = new ArrayList<>();
            for (Future<Reached> answer : answers) {
                reached.add(answer.get());
            }
            return reached;
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking for an identity answers, whatever happens", e);
        }
    }
}
