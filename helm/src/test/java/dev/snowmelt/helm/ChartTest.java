package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Helm takes the chart, refuses bad values by name, and renders what is kept in `src/test/golden`.
/// After a change that is meant, write them anew: `mvn test -pl helm -Dtest=ChartTest
/// -Dsnowmelt.test.jvm=-Dgolden.write=true`.
class ChartTest {
    @Test
    void lintsStrictly() {
        var result = new Helm(Chart.FOLDER).lint().strict().call();

        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void rendersWhatItRenderedBefore(String set) throws IOException {
        Path golden = Path.of("src/test/golden", set + ".yaml");
        String rendered = Monitoring.without(Chart.text(set));
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, rendered);
        }

        assertThat(rendered).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            config: {kafka: {partitions: 0}}                    | config/kafka/partitions
            config: {kafka: {bootstrapServers: kafka}}          | config/kafka/bootstrapServers
            config: {kafka: {client: {sasl.jaas.config: x}}}    | config/kafka/client/sasl.jaas.config
            config: {kafka: {client: {ssl.keystore.key: x}}}    | config/kafka/client/ssl.keystore.key
            config: {kafka: {client: {a.client.secret: x}}}     | config/kafka/client/a.client.secret
            config: {kafka: {client: {a.key.passphrase: x}}}    | config/kafka/client/a.key.passphrase
            config: {kafka: {client: {admin.bootstrap.servers: "a:1"}}} | config/kafka/client/admin.bootstrap.servers
            config: {kafka: {bootstrapServer: "a:1"}}           | config/kafka
            config: {kubernetes: {target: prod-eu}}             | config/kubernetes/target
            config: {kubernetes: {resync: 10}}                  | config/kubernetes/resync
            config: {kubernetes: {resync: 1h}}                  | config/kubernetes/resync
            aws: {targets: [{target: "aws:123456789012:eu-west-1", resync: 16m}]} | aws/targets/0/resync
            monitoring: {selector: {env: '"'}}                  | monitoring/selector/env
            monitoring: {selector: {"a-b": x}}                  | monitoring/selector
            config: {detect: {undeclared: MAYBE}}               | config/detect/undeclared
            config: {remediate: {breakerPercent: 101}}          | config/remediate/breakerPercent
            config: {otlp: {sampleRatio: 2}}                    | config/otlp/sampleRatio
            aws: {targets: [{target: "aws:1:eu-west-1"}]}       | aws/targets/0/target
            aws: {targets: [{queueUrl: "https://sqs"}]}         | aws/targets/0
            image: {digest: latest}                             | image/digest
            detector: {replicas: many}                          | detector/replicas
            detector: {persistence: {size: big}}                | detector/persistence/size
            kafka: {sasl: {mechanism: GSSAPI}}                  | kafka/sasl/mechanism
            quarantine: {enabled: true}                         | quarantine
            agent: {enabled: true}                              | agent
            log: {level: LOUD}                                  | log/level
            wait: soon                                          | wait
            """)
    void refusesBadValuesWithTheirPath(String yaml, String path) {
        assertThatThrownBy(() -> Chart.render("minimal", yaml))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            image: {repository: ""}                                       | image.repository: say where your image
            config: {kafka: {bootstrapServers: ""}}                       | config.kafka.bootstrapServers: name your brokers
            config: {kubernetes: {target: ""}}                            | Nothing to remediate: set config.kubernetes.target
            kafka: {sasl: {enabled: true}}                                | kafka.sasl.secret.name: which secret
            declarations: {enabled: true}                                 | declarations.name: what this source is called
            """)
    void saysWhatIsMissing(String yaml, String message) {
        assertThatThrownBy(() -> Chart.render("minimal", yaml)).hasMessageContaining(message);
    }
}
