package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.GOOD;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.declared;
import static dev.snowmelt.remediator.execute.Commands.restore;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Undeclared;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a template is restored to, and when it is left alone.
class RestoreLookTest {
    private static final RemediationPolicy RESTORING = ENFORCE.toBuilder()
            .setRestoreTemplate(RestoreTemplate.newBuilder().setEnabled(true))
            .build();

    private final Executing executing = new Executing();

    RestoreLookTest() {
        executing.declared(declaration(7, RESTORING));
    }

    private static WorkloadStatus.Builder status(String... namesAndImages) {
        Template.Builder template = Template.newBuilder();
        for (int i = 0; i < namesAndImages.length; i += 2) {
            template.addContainers(container(ObservedContainer.Type.APP, namesAndImages[i], namesAndImages[i + 1]));
        }
        return WorkloadStatus.newBuilder()
                .setWorkload(CART.toString())
                .setStrategy(WorkloadStatus.Strategy.ROLLING_UPDATE)
                .setTemplate(template);
    }

    private static Template.Container container(ObservedContainer.Type type, String name, String image) {
        return Template.Container.newBuilder()
                .setType(type)
                .setName(name)
                .setImage(image)
                .build();
    }

    private void template(WorkloadStatus.Builder status) {
        executing.platform.template(new LiveTemplate("42", status.build()));
    }

    @Test
    void putsTheDeclaredImageBack() {
        template(status("app", "registry.test/cart@" + EVIL));

        Outcome outcome = executing.handle(restore("c1"));

        assertThat(outcome.getResult()).isEqualTo(Result.RESTORED);
        assertThat(outcome.getInstance()).isEmpty();
        assertThat(executing.platform.restored().getFirst())
                .containsExactly(new ImageChange(
                        ObservedContainer.Type.APP,
                        "app",
                        "registry.test/cart@" + EVIL,
                        "registry.test/cart:1@" + GOOD));
    }

    @ParameterizedTest
    @CsvSource({"cafe,cafe,RESTORED", "cafe,dead,REFUSED", "cafe,'',REFUSED", "'',dead,RESTORED"})
    void otherUserDataThanIsDeclaredIsNotRestoredAround(String declared, String found, Result expected) {
        var declaration = declaration(7, RESTORING).toBuilder();
        declaration
                .getRevisionsBuilder(0)
                .getSpecBuilder()
                .getContainersBuilder(0)
                .setUserDataSha256(declared);
        executing.declared(declaration.build());
        executing.platform.template(new LiveTemplate(
                "42", status("app", "registry.test/cart@" + EVIL).build(), null, Set.of(found)));

        Outcome outcome = executing.handle(restore("c1"));

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(expected);
        assertThat(outcome.getDetail().contains("user data that is not declared"))
                .isEqualTo(expected == Result.REFUSED);
    }

    @Test
    void pinsATag() {
        template(status("app", "registry.test/cart:1"));

        assertThat(executing.handle(restore("c1")).getResult()).isEqualTo(Result.RESTORED);
    }

    @Test
    void changesOnlyTheContainersThatDiverge() {
        DeclaredContainer setup = declared().toBuilder()
                .setName("setup")
                .setType(DeclaredContainer.Type.INIT)
                .build();
        Declaration.Builder both = declaration(7, RESTORING).toBuilder();
        both.getRevisionsBuilder(0).getSpecBuilder().addContainers(setup);
        executing.declared(both.build());
        WorkloadStatus.Builder status = status("app", "registry.test/cart@" + GOOD);
        status.getTemplateBuilder()
                .addContainers(container(ObservedContainer.Type.INIT, "setup", "registry.test/cart:1"));
        template(status);

        executing.handle(restore("c1").toBuilder().addRestore(setup).build());

        assertThat(executing.platform.restored().getFirst())
                .extracting(ImageChange::container, ImageChange::type)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("setup", ObservedContainer.Type.INIT));
    }

    @Test
    void leavesATemplateThatMatchesAgain() {
        template(status("app", "mirror.test/cart@" + GOOD));

        refuses("MATCHING");
    }

    @Test
    void leavesWhatImagesAloneCannotRestore() {
        template(status("app", "registry.test/cart@" + EVIL, "miner", "m:1"));
        refuses("container 'miner' is not declared");

        template(status("other", "registry.test/cart@" + EVIL));
        refuses("container 'app' is missing");
    }

    @Test
    void leavesWhatARegistryMayStillTellOf() {
        var asking = new Executing(new JudgeRules(Undeclared.REPORT, true));
        asking.declared(declaration(7, RESTORING));
        asking.platform.template(
                new LiveTemplate("42", status("app", "mirror.test/cart@" + EVIL).build()));

        Outcome outcome = asking.handle(restore("c1"));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).contains("TEMPLATE_UNKNOWN");
    }

    /// The executor's `registry.enabled` is off here; the detector's may be on.
    @Test
    void leavesWhatNobodyJudgedEvenWhenTheExecutorAsksNoRegistry() {
        template(status("app", "mirror.test/cart@sha256:" + "c".repeat(64)));

        refuses("which is not what the command is about");
    }

    @Test
    void leavesWhatIsNotOptedIn() {
        template(status("app", "registry.test/cart@" + EVIL));
        executing.declared(declaration(7, ENFORCE));

        refuses("does not allow");
    }

    @Test
    void leavesWhatIsPaused() {
        template(status("app", "registry.test/cart@" + EVIL).setPaused(true));

        refuses("paused");
    }

    @Test
    void leavesRecreateAndStatefulUnlessTheDeclarationNamesThem() {
        template(status("app", "registry.test/cart@" + EVIL).setStrategy(WorkloadStatus.Strategy.RECREATE));
        refuses("RECREATE");
        executing.declared(declaration(
                7, RESTORING.toBuilder().addAlsoTerminate(Protected.RECREATE).build()));
        assertThat(executing.handle(restore("c-recreate")).getResult()).isEqualTo(Result.RESTORED);

        template(status("app", "registry.test/cart@" + EVIL).setStateful(true));
        refuses("STATEFUL");
        executing.declared(declaration(
                7, RESTORING.toBuilder().addAlsoTerminate(Protected.STATEFUL).build()));
        assertThat(executing.handle(restore("c-stateful")).getResult()).isEqualTo(Result.RESTORED);
    }

    @Test
    void leavesWhatTheCommandDoesNotName() {
        template(status("app", "registry.test/cart@" + EVIL));

        Outcome outcome =
                executing.handle(restore("c1").toBuilder().clearRestore().build());

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(executing.platform.restored()).isEmpty();
    }

    @Test
    void leavesAnImageThatIsDeclaredWithoutAPin() {
        Declaration.Builder unpinned = declaration(7, RESTORING).toBuilder();
        unpinned.getRevisionsBuilder(0)
                .getSpecBuilder()
                .getContainersBuilder(0)
                .setImage("registry.test/cart:1")
                .addDigests(GOOD);
        executing.declared(unpinned.build());
        template(status("app", "registry.test/cart@" + EVIL));

        refuses("not pinned");
    }

    @Test
    void looksAgainWhenSomebodyElseWasFaster() {
        template(status("app", "registry.test/cart@" + EVIL));
        executing.platform.willReply(new Reply.Conflict("changed"));
        executing.platform.uponLook(() -> {
            if (executing.platform.looks() == 2) {
                template(status("app", "registry.test/cart@" + GOOD));
            }
        });

        refuses("MATCHING");
    }

    @Test
    void putsTheDeclaredMachineImageBack() {
        DeclaredContainer ami = ami("ami-0600d");
        executing.declared(declaring(ami));
        WorkloadStatus.Builder status = status();
        status.getTemplateBuilder().addContainers(container(ObservedContainer.Type.AMI, "ami", "ami-0bad"));
        template(status);

        Outcome outcome = executing.handle(restoring("c1", ami));

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(Result.RESTORED);
        assertThat(executing.platform.restored().getFirst())
                .containsExactly(new ImageChange(ObservedContainer.Type.AMI, "ami", "ami-0bad", "ami-0600d"));
    }

    @Test
    void aDeclarationNeedNotSayThatItIsAMachineImage() {
        DeclaredContainer ami = ami("ami-0600d").toBuilder().clearType().build();
        executing.declared(declaring(ami));
        WorkloadStatus.Builder status = status();
        status.getTemplateBuilder().addContainers(container(ObservedContainer.Type.AMI, "ami", "ami-0bad"));
        template(status);

        Outcome outcome = executing.handle(restoring("c1", ami));

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(Result.RESTORED);
        assertThat(executing.platform.restored().getFirst())
                .containsExactly(new ImageChange(ObservedContainer.Type.AMI, "ami", "ami-0bad", "ami-0600d"));
    }

    @Test
    void aParameterIsNoPinnedMachineImage() {
        DeclaredContainer ami = ami("resolve:ssm:/golden");
        executing.declared(declaring(ami));
        WorkloadStatus.Builder status = status();
        status.getTemplateBuilder().addContainers(container(ObservedContainer.Type.AMI, "ami", "ami-0bad"));
        template(status);

        Outcome outcome = executing.handle(restoring("c1", ami));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).contains("the image that is declared for 'ami' is not pinned");
    }

    private static DeclaredContainer ami(String image) {
        return DeclaredContainer.newBuilder()
                .setName("ami")
                .setType(DeclaredContainer.Type.AMI)
                .setImage(image)
                .build();
    }

    private static Declaration declaring(DeclaredContainer ami) {
        Declaration.Builder declaration = declaration(7, RESTORING).toBuilder();
        declaration.getRevisionsBuilder(0).getSpecBuilder().clearContainers().addContainers(ami);
        return declaration.build();
    }

    private static Command restoring(String id, DeclaredContainer ami) {
        return restore(id).toBuilder().clearRestore().addRestore(ami).build();
    }

    @Test
    void whatThePlatformWantsLeftAloneIsBlocked() {
        executing.platform.template(new LiveTemplate(
                "42",
                status("app", "registry.test/cart:1").build(),
                new Reply.NotNow(Hold.Reason.PLATFORM, "somebody rolls it out", null)));

        Outcome outcome = executing.handle(restore("c1"));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).isEqualTo("somebody rolls it out");
        assertThat(executing.platform.restored()).isEmpty();
    }

    @Test
    void aDryRunRestoresNothing() {
        var dry = new Executing(true);
        dry.declared(declaration(7, RESTORING));
        dry.platform.template(
                new LiveTemplate("42", status("app", "registry.test/cart:1").build()));

        Outcome outcome = dry.handle(restore("c1"));

        assertThat(outcome.getResult()).isEqualTo(Result.DRY_RUN);
        assertThat(outcome.getDetail()).contains("app: registry.test/cart:1 -> registry.test/cart:1@" + GOOD);
        assertThat(dry.platform.restored()).isEmpty();
    }

    private void refuses(String why) {
        int before = executing.platform.restored().size();

        Outcome outcome = executing.handle(restore("refused: " + why));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).contains(why);
        assertThat(executing.platform.restored()).hasSize(before);
    }
}
