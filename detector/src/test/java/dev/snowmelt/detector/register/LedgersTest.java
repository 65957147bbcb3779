package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.declare;
import static dev.snowmelt.detector.register.Proposals.declareExpecting;
import static dev.snowmelt.detector.register.Proposals.removal;
import static dev.snowmelt.detector.register.Proposals.resolution;
import static dev.snowmelt.detector.register.Proposals.resolved;
import static dev.snowmelt.detector.register.Proposals.rollback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Revision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgersTest {
    private long seconds = 1_000_000;
    private Ledger ledger = Ledger.getDefaultInstance();
    private String signedBy = "";

    @Test
    void aResolutionIsAddedToItsRevisionWithoutANewNumber() {
        accepted(declare(CART, 1));
        accepted(declare(CART, 2));

        accepted(resolution(CART, 1, resolved(70, true)));

        assertThat(numbers()).containsExactly(2L, 1L);
        assertThat(ledger.getLastNumber()).isEqualTo(2);
        assertThat(revision(2).getResolvedList()).isEmpty();
        assertThat(revision(1).getResolvedList()).singleElement().satisfies(kept -> {
            assertThat(kept.getDigest()).isEqualTo("sha256:%064x".formatted(70));
            assertThat(kept.getType()).isEqualTo(DeclaredContainer.Type.APP);
            assertThat(kept.getAccepted()).isTrue();
            assertThat(kept.getAt()).as("when it was proposed").isEqualTo(Timestamps.fromSeconds(seconds));
        });
    }

    @Test
    void theSameResolutionAgainIsUnchangedWheneverTheRegistryWasAsked() {
        accepted(declare(CART, 1));
        accepted(resolution(CART, 1, resolved(70, true)));

        Decision again = decide(resolution(
                CART,
                1,
                resolved(70, true).toBuilder().setAt(Timestamps.fromSeconds(5)).build()));

        assertThat(again).isEqualTo(new Decision.Unchanged(1));
    }

    @Test
    void aNewWordAboutADigestReplacesTheOldOneAndComesFirst() {
        accepted(declare(CART, 1));
        accepted(resolution(CART, 1, resolved(70, false)));
        accepted(resolution(CART, 1, resolved(71, true)));
        accepted(resolution(CART, 1, resolved(70, true)));

        assertThat(revision(1).getResolvedList())
                .extracting(ResolvedDigest::getDigest, ResolvedDigest::getAccepted)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("sha256:%064x".formatted(70), true),
                        org.assertj.core.groups.Tuple.tuple("sha256:%064x".formatted(71), true));
    }

    @Test
    void aContainerOfAnotherTypeIsAnother() {
        Declare declared = declare(CART, 1).getDeclare();
        accepted(Proposal.newBuilder()
                .setDeclare(declared.toBuilder()
                        .setSpec(declared.getSpec().toBuilder()
                                .addContainers(declared.getSpec().getContainers(0).toBuilder()
                                        .setType(DeclaredContainer.Type.INIT))))
                .build());

        accepted(resolution(CART, 1, resolved(70, true)));
        accepted(resolution(
                CART,
                1,
                resolved(70, true).toBuilder()
                        .setType(DeclaredContainer.Type.INIT)
                        .build()));

        assertThat(revision(1).getResolvedList())
                .extracting(ResolvedDigest::getType)
                .containsExactly(DeclaredContainer.Type.INIT, DeclaredContainer.Type.APP);
    }

    @Test
    void theNewestSixtyFourResolutionsAreKept() {
        accepted(declare(CART, 1));
        for (int digest = 1; digest <= 70; digest++) {
            accepted(resolution(CART, 1, resolved(digest, true)));
        }

        assertThat(revision(1).getResolvedList())
                .hasSize(64)
                .extracting(ResolvedDigest::getDigest)
                .startsWith("sha256:%064x".formatted(70))
                .endsWith("sha256:%064x".formatted(7));
    }

    @Test
    void aLongDetailIsCut() {
        accepted(declare(CART, 1));
        accepted(resolution(
                CART,
                1,
                resolved(70, true).toBuilder().setDetail("x".repeat(5_000)).build()));

        assertThat(revision(1).getResolved(0).getDetail()).hasSize(256).endsWith("x…");
    }

    @Test
    void whatSomebodyElseRemovedDoesNotComeBackUnlessItChanged() {
        accepted(declare(CART, 1));
        accepted(by("bob", "leaks", removal(CART)));

        assertThat(ledger.hasDeclaration()).isFalse();
        assertThat(refused(unlessRemoved(declare(CART, 1))))
                .hasToString(
                        "bob removed the declaration 1 s ago: 'leaks'; change the document, or declare it by hand");

        accepted(unlessRemoved(declare(CART, 2)));
        assertThat(numbers()).containsExactly(2L);
        accepted(by("bob", "", removal(CART)));
        accepted(unlessRemoved(declare(CART, 1)));
    }

    @Test
    void aRemovalStandsInTheWayOfNobodyElseAndOfNothingElse() {
        accepted(declare(CART, 1));
        accepted(by("bob", "", removal(CART)));
        accepted(by("carol", "", unlessRemoved(declare(CART, 1)))); // she did not say so before

        accepted(by("bob", "", removal(CART)));
        accepted(declare(CART, 1)); // by hand

        accepted(removal(CART)); // its own
        accepted(unlessRemoved(declare(CART, 1)));
    }

    private static Proposal by(String who, String why, Proposal proposal) {
        return proposal.toBuilder().setBy(who).setReason(why).build();
    }

    private static Proposal unlessRemoved(Proposal proposal) {
        return proposal.toBuilder()
                .setDeclare(proposal.getDeclare().toBuilder().setUnlessRemoved(true))
                .build();
    }

    @Test
    void aResolutionOfWhatIsNotKnownIsRefused() {
        assertThat(refused(resolution(CART, 1, resolved(70, true)))).hasToString("nothing is declared");
        accepted(declare(CART, 1));

        assertThat(refused(resolution(CART, 2, resolved(70, true))))
                .hasToString("revision 2 is not known; known are 1 to 1");
        assertThat(refused(resolution(
                        CART,
                        1,
                        resolved(70, true).toBuilder().setContainer("web").build())))
                .hasToString("revision 1 names no APP container 'web'");
        assertThat(refused(resolution(
                        CART,
                        1,
                        resolved(70, true).toBuilder()
                                .setType(DeclaredContainer.Type.INIT)
                                .build())))
                .hasToString("revision 1 names no INIT container 'cart'");
    }

    /// A registry speaks of images: it holds wherever the same image is declared.
    @Test
    void aRevisionInheritsWhatHoldsForTheSameImageAlone() {
        accepted(declare(CART, 1));
        accepted(resolution(CART, 1, resolved(70, true)));

        accepted(declare(CART, 2));
        assertThat(revision(2).getResolvedList()).as("another image").isEmpty();

        accepted(rollback(CART, 1));
        assertThat(revision(3).getResolvedList())
                .extracting(ResolvedDigest::getDigest)
                .containsExactly("sha256:%064x".formatted(70));
    }

    @Test
    void moreDigestsAreAnotherImage() {
        accepted(declare(CART, 1));
        accepted(resolution(CART, 1, resolved(70, true)));
        Declare declared = declare(CART, 1).getDeclare();
        DeclaredContainer container = declared.getSpec().getContainers(0);

        accepted(Proposal.newBuilder()
                .setDeclare(declared.toBuilder()
                        .setSpec(declared.getSpec().toBuilder()
                                .setContainers(0, container.toBuilder().addDigests("sha256:%064x".formatted(9)))))
                .build());

        assertThat(revision(2).getResolvedList()).isEmpty();
    }

    @Test
    void whatWasAcceptedIsNeverTakenBack() {
        accepted(declare(CART, 1));
        accepted(resolution(CART, 1, resolved(70, true)));

        assertThat(refused(resolution(CART, 1, resolved(70, false))))
                .hasToString("the registry said before that sha256:%064x is the declared image:".formatted(70)
                        + " a config digest does not change");
        accepted(resolution(CART, 1, resolved(71, false)));
    }

    @Test
    void thatADigestIsAnotherImageIsNotInherited() {
        accepted(declare(CART, 1));
        accepted(resolution(CART, 1, resolved(70, true)));
        accepted(resolution(CART, 1, resolved(71, false)));
        accepted(declare(CART, 2));

        accepted(rollback(CART, 1));

        assertThat(revision(3).getResolvedList())
                .singleElement()
                .satisfies(inherited -> assertThat(inherited.getDigest()).isEqualTo("sha256:%064x".formatted(70)));
    }

    @ParameterizedTest
    @CsvSource({
        "12, 12 s ago",
        "119, 119 s ago",
        "120, 2 min ago",
        "7199, 119 min ago",
        "7200, 2 h ago",
        "172800, 2 days ago",
        "-5, 0 s ago"
    })
    void anotherThanTheExpectedRevisionTellsWhoDeclaredItWhenAndWhy(long passed, String ago) {
        accepted(declare(CART, 1));
        seconds += passed - 1; // and one for the decision itself

        assertThat(refused(declareExpecting(CART, 2, 0)))
                .hasToString("is 0, but revision 1 was declared by anna " + ago
                        + ": 'release 1.4'; read it and decide again, or --force");
    }

    @Test
    void anotherThanTheExpectedRevisionTellsThatNothingIsDeclared() {
        assertThat(refused(declareExpecting(CART, 1, 3)))
                .hasToString("is 3, but nothing was ever declared; read it and decide again, or --force");

        accepted(declare(CART, 1));
        accepted(removal(CART));

        assertThat(refused(declareExpecting(CART, 1, 1)).toString())
                .contains("nothing is declared any more (the last revision was 1)");
    }

    private void accepted(Proposal proposal) {
        assertThat(decide(proposal)).isInstanceOfSatisfying(Decision.Accept.class, accept -> ledger = accept.ledger());
    }

    private Object refused(Proposal proposal) {
        return assertThat(decide(proposal))
                .isInstanceOf(Decision.Refuse.class)
                .extracting(refuse -> ((Decision.Refuse) refuse).problems(), list(Problem.class))
                .singleElement()
                .extracting(Problem::getMessage)
                .actual();
    }

    private Decision decide(Proposal proposal) {
        seconds++;
        return Ledgers.decide(
                ledger,
                proposal,
                signedBy,
                Timestamp.newBuilder().setSeconds(seconds).build());
    }

    private List<Long> numbers() {
        return ledger.getDeclaration().getRevisionsList().stream()
                .map(Revision::getNumber)
                .toList();
    }

    private Revision revision(long number) {
        return ledger.getDeclaration().getRevisionsList().stream()
                .filter(revision -> revision.getNumber() == number)
                .findFirst()
                .orElseThrow();
    }
}
