package dev.snowmelt.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.doctor.Finding.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DoctorTest {
    /// An examination in a line.
    private record Looks(String subject, Look how) implements Examination {
        private interface Look {
            void look(Consumer<Finding> tell) throws InterruptedException;
        }

        @Override
        public void look(Consumer<Finding> tell) throws InterruptedException {
            how.look(tell);
        }
    }

    @Test
    void keepsTheOrderWhateverComesFirst() throws Exception {
        var second = new CountDownLatch(1);

        List<Finding> findings = new Doctor(Duration.ofSeconds(20))
                .examine(List.of(
                        new Looks("a", tell -> {
                            second.await();
                            tell.accept(Finding.ok("a.one", "well"));
                        }),
                        new Looks("b", tell -> {
                            tell.accept(Finding.ok("b.one", "well"));
                            second.countDown();
                        })));

        assertThat(findings).extracting(Finding::check).containsExactly("a.one", "b.one");
    }

    @Test
    void whoHangsFailsAndKeepsNobodyFromTheirFindings() throws Exception {
        var never = new CountDownLatch(1);

        List<Finding> findings = new Doctor(Duration.ofMillis(300))
                .examine(List.of(
                        new Looks("hangs", tell -> {
                            tell.accept(Finding.ok("hangs.first", "well"));
                            never.await();
                        }),
                        new Looks("b", tell -> tell.accept(Finding.ok("b.one", "well")))));

        assertThat(findings)
                .extracting(Finding::check, Finding::result)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("hangs.first", Result.OK),
                        org.assertj.core.api.Assertions.tuple("hangs", Result.FAIL),
                        org.assertj.core.api.Assertions.tuple("b.one", Result.OK));
    }

    @Test
    void whatThrowsIsAFailureInItsOwnWords() throws Exception {
        List<Finding> findings = new Doctor(Duration.ofSeconds(20)).examine(List.of(new Looks("a", _ -> {
            throw new CliException("There is no context 'x'.");
        })));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.result()).isEqualTo(Result.FAIL);
            assertThat(finding.found()).isEqualTo("There is no context 'x'.");
        });
    }

    @Test
    void theReportFitsALineAndSaysWhatToDo() {
        var report = new DoctorReport(List.of(
                Finding.ok("a", "well"),
                Finding.fail("b", "word ".repeat(60), "do ".repeat(60)),
                Finding.skipped("c", "nobody was asked")));

        List<String> lines = report.lines();

        assertThat(lines).allMatch(line -> line.length() <= 100);
        assertThat(lines.getFirst()).isEqualTo("OK       a: well");
        assertThat(lines).anyMatch(line -> line.startsWith("         -> do do"));
        assertThat(lines.getLast()).isEqualTo("1 failed, 0 to look at, 1 not known, 1 well");
        assertThat(report.well()).isFalse();
        assertThat(report.tree().get("summary").toString()).isEqualTo("{\"ok\":1,\"warn\":0,\"fail\":1,\"skipped\":1}");
    }
}
