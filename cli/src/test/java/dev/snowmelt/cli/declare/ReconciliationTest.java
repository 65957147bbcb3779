package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.WEB;
import static dev.snowmelt.cli.declare.Drafts.declare;
import static dev.snowmelt.cli.declare.Drafts.image;
import static dev.snowmelt.cli.declare.Drafts.revision;
import static dev.snowmelt.cli.declare.Drafts.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconciliationTest {
    private static final String MARK = "watch:prod";
    private static final DeclarationSpec A = spec(image('a'));
    private static final DeclarationSpec B = spec(image('b'));
    private static final DeclarationSpec C = spec(image('c'));

    private final Map<WorkloadId, Declaration> declared = new HashMap<>();
    private final Map<WorkloadId, DeclarationSpec> removed = new HashMap<>();
    private boolean force;
    private boolean faulty;
    private String limit = "50%";
    private @Nullable Set<WorkloadId> before; // null: all that are its own

    @Test
    void whatIsNotDeclaredIsPublishedAndWhatIsTheSameIsNot() {
        declared(WEB, revision(4, "alice", A));

        Reconciliation result = with(CART, WEB);

        assertThat(result.publish()).extracting(Planned::subject).containsExactly(CART);
        assertThat(result.conflicts()).isEmpty();
    }

    @Test
    void itsOwnDeclarationFollowsTheDocument() {
        declared(CART, revision(2, MARK, B), revision(1, MARK, A));

        assertThat(with(CART).publish())
                .singleElement()
                .satisfies(planned ->
                        assertThat(planned.declare().getExpectedRevision()).isEqualTo(2));
    }

    @Test
    void whatSomebodyDeclaredByHandStaysUntilTheDocumentChanges() {
        declared(CART, revision(2, "alice", B), revision(1, MARK, A));

        assertThat(with(CART).publish()).isEmpty();
        assertThat(with(CART).conflicts())
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.why()).startsWith("revision 2 was declared by alice at "));

        declared(CART, revision(2, "alice", B), revision(1, MARK, C));
        assertThat(with(CART).publish()).hasSize(1);
    }

    @Test
    void whatItNeverDeclaredIsNotTakenOver() {
        declared(CART, revision(2, "alice", B));

        assertThat(with(CART).conflicts()).hasSize(1);
        assertThat(with(CART).publish()).isEmpty();
    }

    @Test
    void theFolderWinsOnlyWithForce() {
        declared(CART, revision(2, "alice", B), revision(1, MARK, A));
        force = true;

        assertThat(with(CART).publish())
                .singleElement()
                .satisfies(planned ->
                        assertThat(planned.declare().hasExpectedRevision()).isFalse());
    }

    @Test
    void whatSomebodyRemovedStaysRemovedUntilTheDocumentChanges() {
        removed.put(WorkloadId.parse(CART), A);
        assertThat(with(CART).conflicts())
                .extracting(Reconciliation.Conflict::why)
                .containsExactly("somebody removed the declaration");

        removed.put(WorkloadId.parse(CART), B);
        assertThat(with(CART).publish()).hasSize(1);
    }

    @Test
    void onlyItsOwnDeclarationsVanish() {
        declared(CART, revision(1, MARK, A));
        declared(WEB, revision(1, MARK, A));
        declared(WEB + "2", revision(2, "alice", B), revision(1, MARK, A));
        declared(WEB + "3", revision(1, "watch:other", A));

        Reconciliation result = with(CART);

        assertThat(result.vanished()).containsExactly(new Reconciliation.Vanished(WorkloadId.parse(WEB), 1));
        assertThat(result.refusal()).isEmpty();
    }

    @Test
    void nothingIsConcludedFromAnEmptyOrFaultyFolder() {
        declared(CART, revision(1, MARK, A));
        declared(WEB, revision(1, MARK, A));

        assertThat(with().refusal()).contains("the folder holds no readable declaration");
        faulty = true;
        assertThat(with(CART).refusal())
                .hasValueSatisfying(why -> assertThat(why).contains("faults"));
    }

    @Test
    void nothingIsRemovedWhileADocumentIsInConflictOrRefused() {
        declared(CART, revision(1, MARK, A));
        declared(WEB, revision(1, MARK, A));
        assertThat(with(CART, WEB + "2").refusal()).isEmpty();
        assertThat(with(CART, WEB + "2").without(_ -> true).refusal())
                .hasValueSatisfying(why -> assertThat(why).startsWith("1 document of the folder is refused"));

        declared(WEB + "2", revision(1, "alice", B));
        assertThat(with(CART, WEB + "2").refusal())
                .hasValueSatisfying(why -> assertThat(why).startsWith("1 document of the folder is in conflict"));
    }

    @ParameterizedTest
    @CsvSource({
        "4, 2, 50%, true",
        "4, 1, 50%, false",
        "4, 1, 75%, true",
        "4, 1, 100%, true",
        "4, 1, 2, false",
        "4, 1, 3, true"
    })
    void moreThanTheLimitDoNotVanishAtOnce(int own, int left, String prunable, boolean allowed) {
        limit = prunable;
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < own; i++) {
            declared(WEB + i, revision(1, MARK, A));
            if (i < left) {
                documents.add(WEB + i);
            }
        }

        assertThat(with(documents.toArray(String[]::new)).refusal().isEmpty()).isEqualTo(allowed);
    }

    @Test
    void whatAnotherFolderBroughtMakesNoRoom() {
        declared(CART, revision(1, MARK, A));
        declared(WEB, revision(1, MARK, A));
        for (int i = 0; i < 8; i++) {
            declared(WEB + i, revision(1, MARK, A));
        }
        before = Set.of(WorkloadId.parse(CART), WorkloadId.parse(WEB));

        assertThat(with(WEB + 0, WEB + 1, WEB + 2, WEB + 3, WEB + 4, WEB + 5, WEB + 6, WEB + 7)
                        .refusal())
                .hasValueSatisfying(why -> assertThat(why).startsWith("all 2 declarations"));
        assertThat(with(CART, WEB, WEB + 0, WEB + 1, WEB + 2, WEB + 3, WEB + 4, WEB + 5)
                        .refusal())
                .as("two more that are known, beside two of before")
                .isEmpty();
    }

    @Test
    void aDocumentIsRefusedWhenSomebodyRemovedWhatItStillSays() {
        assertThat(with(CART).publish())
                .singleElement()
                .satisfies(planned ->
                        assertThat(planned.declare().getUnlessRemoved()).isTrue());
        force = true;
        assertThat(with(CART).publish())
                .singleElement()
                .satisfies(planned ->
                        assertThat(planned.declare().getUnlessRemoved()).isFalse());
    }

    @Test
    void neverDoAllVanish() {
        limit = "100%";
        declared(CART, revision(1, MARK, A));

        assertThat(with(WEB).vanished()).hasSize(1);
        assertThat(with(WEB).refusal())
                .hasValueSatisfying(why -> assertThat(why).startsWith("all 1 declarations"));
    }

    private void declared(String workload, Revision... revisions) {
        declared.put(
                WorkloadId.parse(workload),
                Declaration.newBuilder()
                        .setWorkload(workload)
                        .addAllRevisions(List.of(revisions))
                        .build());
    }

    /// Documents that all say [#A].
    private Reconciliation with(String... workloads) {
        List<Draft> drafts = new ArrayList<>();
        for (String workload : workloads) {
            drafts.add(new Draft.Stated(Place.of(workload), declare(workload, image('a'))));
        }
        return Reconciliation.of(
                new Reconciliation.Content(drafts, faulty),
                declared,
                removed,
                before == null ? OwnDeclarations.of(declared, MARK).keySet() : before,
                new Reconciliation.Rules(MARK, force, PruneLimit.parse(limit)));
    }
}
