package dev.snowmelt.sandbox.aws;

import com.sun.net.httpserver.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One call of an AWS API, as it was sent.
///
/// @param service as the signature names it: `ec2`, `autoscaling`, `sqs`, `sts`
/// @param action `DescribeInstances`
/// @param parameters of a call of the query protocol (EC2, Auto Scaling, STS), flat:
/// `Filter.1.Name`; empty for others
public record AwsCall(String service, String action, Map<String, String> parameters) {

    // Credential=AKIA.../20261123/eu-west-1/ec2/aws4_request
    private static final Pattern SCOPE = Pattern.compile("Credential=[^/]+/[^/]+/[^/]+/([^/]+)/aws4_request");

    public AwsCall {
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }

    /// The name of the permission in an IAM policy: `ec2:DescribeInstances`. The batch actions of SQS need the
    /// permission
    /// of the single ones.
    public String permission() {
        String single = service.equals("sqs") && action.endsWith("Batch")
                ? action.substring(0, action.length() - "Batch".length())
                : action;
        return service + ":" + single;
    }

    /// Whether only the permission was asked for, by EC2's `DryRun`.
    public boolean dryRun() {
        return "true".equals(parameters.get("DryRun"));
    }

    static AwsCall of(Headers headers, byte[] body) {
        var scope = SCOPE.matcher(text(headers.getFirst("Authorization")));
        String service = scope.find() ? scope.group(1) : "";
        // The JSON protocol (SQS): AmazonSQS.ReceiveMessage
        String target = text(headers.getFirst("X-Amz-Target"));
        if (!target.isEmpty()) {
            return new AwsCall(service, target.substring(target.lastIndexOf('.') + 1), Map.of());
        }
        var parameters = new TreeMap<String, String>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return new AwsCall(service, parameters.getOrDefault("Action", ""), parameters);
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
