package dev.snowmelt.cli.once;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Declare;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OneTargetTest {
    private static final TargetId HERE = TargetId.parse("k8s:here");
    private static final String CART = "k8s:here/shop/Deployment/cart";

    private static List<Declare> declared(String... workloads) {
        return Stream.of(workloads)
                .map(workload -> Declare.newBuilder().setWorkload(workload).build())
                .toList();
    }

    @Test
    void whatIsInTheClusterIsNoFault() {
        assertThat(OneTarget.fault(HERE, List.of(CART), declared(CART))).isEmpty();
        assertThat(OneTarget.fault(HERE, List.of(), List.of())).isEmpty();
    }

    @Test
    void aDeclarationOfAnotherTargetIsAFaultThatNamesTheOption() {
        assertThat(OneTarget.fault(
                        HERE,
                        List.of(),
                        declared(CART, "k8s:staging/shop/Deployment/cart", "k8s:hereabouts/shop/Deployment/cart")))
                .hasValue("k8s:staging/shop/Deployment/cart is declared, but is not in this cluster (nor are 1 more),"
                        + " which is called k8s:here; --target k8s:staging calls it so.");
    }

    @Test
    void aWorkloadOfAnotherTargetIsAFault() {
        assertThat(OneTarget.fault(HERE, List.of("k8s:prod/shop/Deployment/cart"), List.of()))
                .hasValue("k8s:prod/shop/Deployment/cart is not in this cluster, which is called k8s:here;"
                        + " --target k8s:prod calls it so.");
    }

    @Test
    void anotherAccountOrRegionIsAFault() {
        var account = TargetId.parse("aws:123456789012:eu-west-1");

        assertThat(OneTarget.fault(account, List.of("aws:123456789012:eu-west-1/asg/web"), List.of()))
                .isEmpty();
        assertThat(OneTarget.fault(account, List.of(), declared("aws:123456789012:us-east-1/asg/web")))
                .hasValue("aws:123456789012:us-east-1/asg/web is declared, but is not in this account and region, which"
                        + " is called aws:123456789012:eu-west-1; --target aws:123456789012:us-east-1 looks there.");
    }
}
