package dev.snowmelt.detector.register;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeclarationRulesTest {
    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @Test
    void takesAWholeDeclaration() {
        assertThat(problems("""
                workload: k8s:prod-eu/shop/Deployment/cart
                spec:
                  containers:
                    - {name: cart, image: "registry.example:5000/shop/cart:1.4@DIGEST", digests: [DIGEST]}
                    - {name: migrate, type: INIT, digests: [DIGEST]}
                  injected: [istio-proxy]
                  remediation:
                    mode: ENFORCE
                    gracePeriod: 0s
                    maxUnavailable: 25%
                    alsoTerminate: [STATEFUL]
                    rate: {count: 5, per: 3600s}
                    windows: [{days: [1, 5], from: "22:00", to: "04:00", zone: Europe/Berlin}]
                """)).isEmpty();
    }

    @Test
    void takesAMachineImage() {
        assertThat(problems("""
                workload: aws:123456789012:eu-west-1/asg/web
                spec: {containers: [{name: ami, image: ami-0123456789abcdef0}]}
                """)).isEmpty();
    }

    /// S9: nothing is concluded from emptiness.
    @Test
    void refusesAnEmptyDeclaration() {
        assertThat(paths("workload: k8s:prod-eu/shop/Deployment/cart")).containsExactly("spec.containers");
    }

    @Test
    void listsEveryProblemWithItsPath() {
        assertThat(paths("""
                workload: k8s:prod-eu/shop/CronJob/cart
                spec:
                  containers:
                    - {name: cart, image: "cart:1.4"}
                    - {name: cart, digests: ["sha256:ABC"]}
                    - {name: Side_Car, type: AMI}
                    - {name: bad, image: "Registry/UPPER@DIGEST"}
                  injected: [cart]
                  remediation:
                    maxUnavailable: 120%
                    gracePeriod: -1s
                    replaceTimeout: 0s
                    alsoTerminate: [PROTECTED_UNSPECIFIED]
                    rate: {count: 0}
                    windows: [{days: [0, 8], from: "25:00", to: "8:00", zone: Mars/Olympus}]
                """))
                .containsExactly(
                        "workload",
                        "spec.containers[0].image",
                        "spec.containers[1].name",
                        "spec.containers[1].digests[0]",
                        "spec.containers[2].name",
                        "spec.containers[2].type",
                        "spec.containers[2].image",
                        "spec.containers[3].image",
                        "spec.injected[0]",
                        "spec.remediation.maxUnavailable",
                        "spec.remediation.alsoTerminate[0]",
                        "spec.remediation.gracePeriod",
                        "spec.remediation.replaceTimeout",
                        "spec.remediation.rate.count",
                        "spec.remediation.rate.per",
                        "spec.remediation.windows[0].days[0]",
                        "spec.remediation.windows[0].days[1]",
                        "spec.remediation.windows[0].from",
                        "spec.remediation.windows[0].to",
                        "spec.remediation.windows[0].zone");
    }

    @Test
    void namesTheKindsThatThereAre() {
        assertThat(problems("workload: k8s:prod-eu/shop/Deploymnet/cart")
                        .getFirst()
                        .getMessage())
                .contains("DaemonSet, Deployment, ReplicaSet, StatefulSet, standalone")
                .contains("did you mean 'Deployment'?");
    }

    @ParameterizedTest
    @CsvSource({
        "'',true",
        "1,true",
        "100%,true",
        "1%,true",
        "0,false",
        "0%,false",
        "101%,false",
        "-1,false",
        "1.5,false"
    })
    void takesANumberOrAShareOfReplicas(String maxUnavailable, boolean taken) {
        boolean problem = paths("""
                workload: k8s:prod-eu/shop/Deployment/cart
                spec:
                  containers: [{name: cart, digests: [DIGEST]}]
                  remediation: {maxUnavailable: "%s"}
                """.replace("%s", maxUnavailable)).contains("spec.remediation.maxUnavailable");

        assertThat(problem).isEqualTo(!taken);
    }

    @Test
    void aTemplateIsOnlyRestoredFromPinnedImages() {
        assertThat(paths("""
                workload: k8s:prod-eu/shop/Deployment/cart
                spec:
                  containers:
                    - {name: cart, image: "cart:1", digests: [DIGEST]}
                    - {name: proxy, digests: [DIGEST]}
                  remediation: {restoreTemplate: {enabled: true}}
                """)).containsExactly("spec.containers[0].image", "spec.containers[1].image");
    }

    @Test
    void whatIsTooLargeIsToldByItsSizeAlone() {
        var spec = Declare.newBuilder().setWorkload("k8s:prod-eu/shop/Deployment/cart");
        for (int i = 0; i < 300; i++) {
            spec.getSpecBuilder().addContainersBuilder().setName("Not a name " + i);
            spec.getSpecBuilder().getContainersBuilder(0).addDigests(DIGEST);
            spec.getSpecBuilder().addInjected("proxy-" + i);
        }

        assertThat(DeclarationRules.problems(spec.build()))
                .extracting(problem -> problem.getPath() + " " + problem.getMessage())
                .containsExactly(
                        "spec.containers must have at most 256 entries, not 300",
                        "spec.injected must have at most 256 entries, not 300",
                        "spec.containers[0].digests must have at most 256 entries, not 300");
    }

    @Test
    void aSpecHasAtMostTheBytesOfWhichARecordHoldsSeveral() {
        var declare = Declare.newBuilder().setWorkload("k8s:prod-eu/shop/Deployment/cart");
        for (int i = 0; i < 10; i++) {
            var container = declare.getSpecBuilder().addContainersBuilder().setName("c" + i);
            for (int digest = 0; digest < 200; digest++) {
                container.addDigests("sha256:%064x".formatted(digest));
            }
        }

        assertThat(DeclarationRules.problems(declare.build())).singleElement().satisfies(problem -> {
            assertThat(problem.getPath()).isEqualTo("spec");
            assertThat(problem.getMessage()).contains("bytes; at most 131072 are taken");
        });
    }

    @Test
    void onAwsThereIsOneSlot() {
        assertThat(paths("""
                workload: aws:123456789012:eu-west-1/asg/web
                spec: {containers: [{name: web, image: "nginx:1", type: APP}, {name: ami, image: ami-0123456789abcdef0}]}
                """))
                .containsExactly(
                        "spec.containers[0].name",
                        "spec.containers[0].type",
                        "spec.containers[0].image",
                        "spec.containers");
    }

    private static List<String> paths(String yaml) {
        return problems(yaml).stream().map(Problem::getPath).toList();
    }

    private static List<Problem> problems(String yaml) {
        var documents = MessageReader.read(yaml.replace("DIGEST", DIGEST), Declare.getDefaultInstance());
        assertThat(documents)
                .singleElement()
                .satisfies(document -> assertThat(document.problems()).isEmpty());
        return DeclarationRules.problems(documents.getFirst().message());
    }
}
