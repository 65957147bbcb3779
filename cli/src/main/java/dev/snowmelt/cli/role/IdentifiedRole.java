package dev.snowmelt.cli.role;

import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.schemas.topic.BrokerChecks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A role in an AWS account that begins when AWS has confirmed whose credentials it has. A region that does not
/// answer keeps only its own roles waiting.
final class IdentifiedRole implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(IdentifiedRole.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Role role;
    private final AwsAccount account;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile AwsIdentity identity;
    private volatile boolean begun;
    private volatile @Nullable Thread asking;

    /// @param role closed with this; it closes the account
    /// @param identity what AWS said already
    IdentifiedRole(Role role, AwsAccount account, AwsIdentity identity) {
        this.role = role;
        this.account = account;
        this.identity = identity;
    }

    @Override
    public String name() {
        return role.name();
    }

    @Override
    public Part part() {
        return role.part();
    }

    @Override
    public BrokerChecks.Needs needs() {
        return role.needs();
    }

    @Override
    public void start() {
        if (identity instanceof AwsIdentity.Confirmed confirmed) {
            begin(confirmed);
        } else {
            asking = Thread.ofVirtual().name("identify " + account.target()).start(this::ask);
        }
    }

    private void ask() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                identity = account.identity();
                switch (identity) {
                    case AwsIdentity.Confirmed confirmed -> {
                        begin(confirmed);
                        return;
                    }
                    case AwsIdentity.Refused(String line) -> {
                        LOG.atError().addKeyValue("role", name()).log(line);
                        return;
                    }
                    case AwsIdentity.Unanswered _ -> {
                        Duration longer = pause.multipliedBy(2);
                        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
                    }
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void begin(AwsIdentity.Confirmed confirmed) {
        if (closing.getCount() > 0) {
            LOG.atInfo()
                    .addKeyValue("role", name())
                    .addKeyValue("arn", confirmed.arn())
                    .log("identified");
            role.start();
            begun = true;
        }
    }

    @Override
    public List<String> unready() {
        return begun
                ? role.unready()
                : switch (identity) {
                    case AwsIdentity.Confirmed _ -> List.of("is about to begin");
                    case AwsIdentity.Refused(String line) -> List.of(line);
                    case AwsIdentity.Unanswered(String line) -> List.of(line);
                };
    }

    @Override
    public boolean failed() {
        return identity instanceof AwsIdentity.Refused || role.failed();
    }

    @Override
    public void close() {
        synchronized (this) {
            closing.countDown();
        }
        Thread thread = asking;
        if (thread != null) {
            thread.interrupt();
        }
        role.close();
    }
}
