package dev.snowmelt.sources.terraform;

import static dev.snowmelt.sources.Fixture.faults;
import static dev.snowmelt.sources.Fixture.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.sources.Fixture;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Garbage;
import dev.snowmelt.sources.SourceException;
import dev.snowmelt.sources.Targets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The files are of `terraform show -json`; README.md beside them says which version wrote what.
class TerraformSourceTest {
    private static final String ACCOUNT = "aws:123456789012:eu-west-1";
    private static final Targets TARGETS = Targets.of(List.of(TargetId.parse("k8s:prod-eu"), TargetId.parse(ACCOUNT)));
    private static final String IN = ACCOUNT + "/asg/";
    private static final String K8S = "k8s:prod-eu/";

    @Test
    void aStateSaysWhatGroupsRun() throws Exception {
        Found found = read("aws-state.json", Targets.NONE);

        assertThat(lines(found))
                .containsExactly(
                        IN + "api: ami ami-12c6146b",
                        // The image of the overrides' own template is accepted as well.
                        IN + "batch: ami ami-12c6146b +ami-785db401",
                        IN + "legacy: ami ami-12c6146b",
                        IN + "web%2f0: ami ami-12c6146b",
                        IN + "web%2f1: ami ami-12c6146b");
        assertThat(unresolved(found))
                .containsExactly(
                        "f.json: aws_autoscaling_group.floating: image_id of aws_launch_template.floating is looked up at every"
                                + " launch (resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64), so"
                                + " instances differ by their age; read the parameter in Terraform and name the AMI",
                        "f.json: aws_autoscaling_group.foreign: the launch template lt-91427906965dbe0c3 is not in this file;"
                                + " declare the group from the configuration that has both, or by hand",
                        "f.json: aws_autoscaling_group.hidden: image_id of aws_launch_template.hidden is sensitive, and a"
                                + " declaration is read by everybody: mark it nonsensitive(), or declare it by hand",
                        "f.json: aws_autoscaling_group.newest: runs version $Latest of aws_launch_template.api, whatever that is"
                                + " at a launch; pin it: version = aws_launch_template.api.latest_version");
    }

    @Test
    void aPlanSaysWhatGroupsWillRun() throws Exception {
        Found created = read("aws-plan-create.json", TARGETS);
        Found updated = read("aws-plan-update.json", Targets.NONE);

        assertThat(lines(created))
                .containsExactly(
                        IN + "api: ami ami-12c6146b",
                        IN + "batch: ami ami-12c6146b +ami-785db401",
                        IN + "legacy: ami ami-12c6146b",
                        IN + "web%2f0: ami ami-12c6146b",
                        IN + "web%2f1: ami ami-12c6146b");
        assertThat(lines(updated))
                .containsExactly(
                        IN + "api: ami ami-04681a1dbd79675a5",
                        IN + "batch: ami ami-04681a1dbd79675a5 +ami-785db401",
                        IN + "legacy: ami ami-04681a1dbd79675a5",
                        IN + "web%2f0: ami ami-04681a1dbd79675a5",
                        IN + "web%2f1: ami ami-04681a1dbd79675a5");
        assertThat(updated.unresolved())
                .extracting(Found.Unresolved::place)
                .containsExactly(
                        "f.json: aws_autoscaling_group.floating",
                        "f.json: aws_autoscaling_group.foreign",
                        "f.json: aws_autoscaling_group.hidden",
                        "f.json: aws_autoscaling_group.newest");
    }

    @Test
    void aGroupThatIsNotMadeYetNeedsATarget() throws Exception {
        Found found = read("aws-plan-create.json", Targets.NONE);
        Found elsewhere =
                read("aws-plan-create.json", Targets.of(List.of(TargetId.parse("aws:123456789012:us-east-1"))));

        assertThat(found.declarations()).isEmpty();
        assertThat(unresolved(found))
                .contains(
                        "f.json: aws_autoscaling_group.api: its ARN, and so its account and region, is known only after the plan"
                                + " is applied; add --target aws:ACCOUNT:eu-west-1");
        assertThat(elsewhere.declarations()).isEmpty();
        assertThat(unresolved(elsewhere))
                .contains(
                        "f.json: aws_autoscaling_group.api: its zones are in eu-west-1, not in aws:123456789012:us-east-1 as"
                                + " --target says");
    }

    @Test
    void aTargetThatContradictsTheArnIsSaid() throws Exception {
        Found found = read("aws-state.json", Targets.of(List.of(TargetId.parse("aws:210987654321:eu-west-1"))));

        assertThat(found.declarations()).isEmpty();
        assertThat(unresolved(found))
                .contains("f.json: aws_autoscaling_group.api: is in " + ACCOUNT
                        + ", not in aws:210987654321:eu-west-1 as" + " --target says");
    }

    @Test
    void secretsAreNeverSaid() throws Exception {
        for (String file :
                List.of("aws-state.json", "aws-plan-create.json", "aws-plan-update.json", "kubernetes-state.json")) {
            assertThat(read(file, TARGETS).toString())
                    .as(file)
                    .doesNotContain("hunter2")
                    .doesNotContain("ami-760aaa0f")
                    .doesNotContain("8".repeat(64));
        }
    }

    @Test
    void kubernetesResourcesAreReadLikeTheirTemplates() throws Exception {
        Found found = read("kubernetes-state.json", TARGETS);

        assertThat(lines(found))
                .containsExactly(
                        K8S + "shop/Deployment/cart: migrate INIT " + image("migrate", "3") + " cart "
                                + image("cart", "1") + " proxy " + image("proxy", "2"),
                        // A tag stays: a registry may still tell what it is.
                        K8S + "shop/Deployment/legacy: legacy registry.example/shop/legacy:1",
                        K8S + "shop/StatefulSet/store: store " + image("store", "4"),
                        K8S + "kube-system/DaemonSet/agent: agent " + image("agent", "5"),
                        K8S + "shop/DaemonSet/agent2: agent " + image("agent", "5"),
                        K8S + "shop/standalone/debug: sh " + image("tools", "6"),
                        K8S + "shop/Deployment/search: search " + image("search", "7"),
                        K8S + "shop/Deployment/web: web " + image("web", "9"));
        assertThat(unresolved(found))
                .containsExactly(
                        "f.json: kubernetes_deployment_v1.secretive: the image of container[0] is sensitive, and a"
                                + " declaration is read by everybody: mark it nonsensitive()");
        assertThat(found.remarks())
                .containsExactly(
                        new Found.Remark(
                                "f.json: kubernetes_cron_job_v1.nightly",
                                "is not declared: Snowmelt does not watch CronJobs"),
                        new Found.Remark(
                                "f.json: helm_release.ingress",
                                "is not declared: Terraform does not show what a chart renders; pipe 'helm template' into --manifests -"));
    }

    @Test
    void kubernetesResourcesNeedACluster() throws Exception {
        assertThat(unresolved(read("kubernetes-state.json", Targets.NONE)))
                .contains(
                        "f.json: kubernetes_deployment_v1.cart: Terraform does not say which cluster it is in; add --target k8s:NAME");
    }

    @Test
    void whatAPlanDoesNotKnowYetIsUnresolved() throws Exception {
        Found found = read("kubernetes-plan.json", TARGETS);

        assertThat(lines(found)).containsExactly(K8S + "shop/StatefulSet/store: store " + image("store", "4"));
        assertThat(unresolved(found))
                .containsExactly(
                        "f.json: kubernetes_deployment_v1.cart: the image of container cart is known only after the plan is"
                                + " applied; declare from the state then",
                        "f.json: kubernetes_deployment_v1.generated: metadata.name is known only after the plan is applied;"
                                + " declare from the state then");
    }

    @Test
    void oneTargetCannotBeRightForTwoClusters() throws Exception {
        Found one = readText(planUnder("kubernetes", "kubernetes"));
        Found two = readText(planUnder("kubernetes", "kubernetes.west"));

        assertThat(lines(one)).hasSize(1);
        assertThat(two.declarations()).isEmpty();
        assertThat(unresolved(two))
                .hasSize(3)
                .allMatch(line -> line.contains("2 Kubernetes providers (kubernetes, kubernetes.west)"));
    }

    private static String planUnder(String first, String second) {
        String plan = new String(Fixture.bytes("terraform/kubernetes-plan.json"), StandardCharsets.UTF_8);
        String configured = """
                "root_module":{"resources":[
                {"address":"kubernetes_deployment_v1.cart","type":"kubernetes_deployment_v1","provider_config_key":"%s"},
                {"address":"kubernetes_stateful_set_v1.store","type":"kubernetes_stateful_set_v1","provider_config_key":"%s"}]}""".formatted(first, second);
        assertThat(plan).contains("\"root_module\":{}}");
        return plan.replace("\"root_module\":{}}", configured + "}");
    }

    @Test
    void anOlderVersionIsKnownOnlyFromBeforeThePlan() throws Exception {
        // The group stays on version 1 while the template gets a version 2.
        String plan = Fixture.text("terraform/aws-plan-update.json");
        String pinned = plan.replaceFirst(
                "(\"address\":\"aws_autoscaling_group.api\".*?\"launch_template\":\\[\\{\"id\":\"[^\"]*\",\"name\":\"api\")",
                "$1,\"version\":\"1\"");
        String other = pinned.replaceFirst("\"version\":\"1\"", "\"version\":\"7\"");

        assertThat(pinned).isNotEqualTo(plan);
        assertThat(lines(readText(pinned))).contains(IN + "api: ami ami-12c6146b");
        assertThat(unresolved(readText(other)))
                .contains(
                        "f.json: aws_autoscaling_group.api: runs version 7 of aws_launch_template.api, but Terraform knows only"
                                + " the image of its newest; pin it to latest_version, or declare it by hand");
    }

    @Test
    void aDefaultVersionIsTheNewestOnlyWhereThePlanSaysSo() throws Exception {
        String byDefault = Fixture.text("terraform/aws-plan-update.json")
                .replace("aws_launch_template.api.latest_version", "aws_launch_template.api.default_version");
        String drifting = byDefault.replace("\"update_default_version\":true", "\"update_default_version\":null");

        assertThat(lines(readText(byDefault))).contains(IN + "api: ami ami-04681a1dbd79675a5");
        assertThat(unresolved(readText(drifting)))
                .contains(
                        "f.json: aws_autoscaling_group.api: the version of aws_launch_template.api is known only after the plan"
                                + " is applied; declare from the state then");
    }

    @Test
    void severalInstancesOfATemplateMustAgree() throws Exception {
        String plan = Fixture.text("terraform/aws-plan-create.json");
        int second = plan.indexOf("\"address\":\"module.web.aws_launch_template.this[1]\"");
        String differing = plan.substring(0, second)
                + plan.substring(second).replaceFirst("\"image_id\":\"ami-12c6146b\"", "\"image_id\":\"ami-785db401\"");

        assertThat(unresolved(readText(differing)))
                .contains(
                        "f.json: module.web.aws_autoscaling_group.this[0]: may run any of ami-12c6146b, ami-785db401: several"
                                + " templates are meant by that name or reference; declare from the state behind the plan, or by hand");
    }

    @Test
    void namesCountInTheirRegionAndWhatIsReplacedNoMore() throws Exception {
        String state = Fixture.text("terraform/aws-state.json");
        int legacy = state.indexOf("{\"address\":\"aws_launch_configuration.legacy\"");
        String own = state.substring(legacy, state.indexOf("{\"address\":\"aws_launch_template.api\""));
        String elsewhere = own.replace("legacy\",\"mode", "us\",\"mode")
                .replace("autoscaling:eu-west-1", "autoscaling:us-east-1")
                .replace("ami-12c6146b", "ami-785db401");
        String deposed = own.replace("ami-12c6146b", "ami-785db401")
                .replaceFirst("\"mode\"", "\"deposed_key\":\"00000001\",\"mode\"");
        String both = state.substring(0, legacy) + elsewhere + deposed + state.substring(legacy);

        assertThat(readText(both)).isEqualTo(readText(state));
        assertThat(unresolved(readText(both.replace("us-east-1", "eu-west-1"))))
                .contains(
                        "f.json: aws_autoscaling_group.legacy: may run any of ami-785db401, ami-12c6146b: several templates"
                                + " are meant by that name or reference; declare from the state behind the plan, or by hand");
    }

    @Test
    void whatIsNoShownStateOrPlanIsRefused() {
        assertThat(faults(() -> read("raw.tfstate", TARGETS)))
                .containsExactly(
                        "f.json: is Terraform's own state file, whose format may change: pipe 'terraform show -json' instead");
        assertThat(faults(() -> read("no-workload-state.json", TARGETS)))
                .containsExactly(
                        "f.json: there is no workload among its 1 resources; Auto Scaling groups and Kubernetes workloads"
                                + " can be declared");
        // What Terraform 1.11.4 prints in an empty folder.
        assertThat(faults(() -> readText("{\"format_version\":\"1.0\"}")))
                .containsExactly(
                        "f.json: holds neither 'values' (a state) nor 'planned_values' (a plan): the state is empty, and"
                                + " nothing is concluded from that");
        assertThat(faults(() -> readText(""))).containsExactly("f.json: is empty; nothing is concluded from that");
        assertThat(faults(() -> readText("[]")))
                .containsExactly("f.json: must be keys and values, as 'terraform show -json' prints");
        assertThat(faults(() -> readText("{\"format_version\":\"2.0\",\"values\":{}}")))
                .containsExactly(
                        "f.json: format_version 2.0 is not known: Snowmelt reads 0.x and 1.x; a newer Snowmelt may know it");
        assertThat(faults(() -> readText("{\"format_version\":\"1.2\",\"planned_values\":{},\"errored\":true}")))
                .containsExactly("f.json: is a plan that failed ('errored'); mend it and plan again");
        assertThat(faults(
                        () -> readText("{\"format_version\":\"1.0\",\"values\":{\"root_module\":{\"resources\":{}}}}")))
                .containsExactly(
                        "f.json: values.root_module.resources must be a list, as 'terraform show -json' prints");
        assertThat(faults(() -> readText("{\"format_version\":\"1.0\"} {}")))
                .containsExactly("f.json: goes on behind its end: one state or plan a file");
    }

    @Test
    void aPowerShellsEncodingIsRead() throws Exception {
        byte[] utf16 = ("\uFEFF" + Fixture.text("terraform/aws-state.json")).getBytes(StandardCharsets.UTF_16LE);

        assertThat(TerraformSource.read("f.json", new ByteArrayInputStream(utf16), TARGETS, "default")
                        .declarations())
                .hasSize(5);
    }

    @Test
    void theOrderOfKeysDoesNotMatter() throws Exception {
        String moved = Fixture.text("terraform/aws-state.json")
                .replaceAll(
                        "\"mode\":\"managed\",\"type\":\"(aws_[a-z_]+)\",\"name\":\"([a-z]+)\",(.*?),\"sensitive_values\"",
                        "$3,\"type\":\"$1\",\"name\":\"$2\",\"sensitive_values\"");

        assertThat(readText(moved)).isEqualTo(read("aws-state.json", TARGETS));
    }

    @Test
    void garbageIsRefused() {
        for (String file : List.of("aws-state.json", "aws-plan-create.json", "kubernetes-state.json")) {
            Garbage.feed(
                    Fixture.bytes("terraform/" + file),
                    20261123,
                    bytes -> TerraformSource.read("f.json", new ByteArrayInputStream(bytes), TARGETS, "default"));
        }
    }

    private static String image(String name, String digit) {
        return "registry.example/shop/" + name + ":1.4@sha256:" + digit.repeat(64);
    }

    private static List<String> unresolved(Found found) {
        return found.unresolved().stream()
                .map(each -> each.place() + ": " + each.reason())
                .toList();
    }

    private static Found read(String file, Targets targets) throws IOException, SourceException {
        return TerraformSource.read(
                "f.json", new ByteArrayInputStream(Fixture.bytes("terraform/" + file)), targets, "default");
    }

    private static Found readText(String text) throws IOException, SourceException {
        return TerraformSource.read(
                "f.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), TARGETS, "default");
    }
}
