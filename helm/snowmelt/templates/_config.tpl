{{/*
snowmelt.yaml: what the values say under `config` and `aws.targets`, and what the chart itself decides: where files are,
where to listen, how to reach Kafka. One file for all roles; what differs from pod to pod is in environment variables.
*/}}
{{- define "snowmelt.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := required "config.kafka.bootstrapServers: name your brokers, such as kafka-bootstrap.kafka:9093" $config.kafka.bootstrapServers -}}
{{- $client := include "snowmelt.kafkaClient" . | fromYaml -}}
{{- $_ := set $config.kafka "client" (mergeOverwrite $client (default dict $config.kafka.client)) -}}
{{- if not $config.kafka.client -}}{{- $_ := unset $config.kafka "client" -}}{{- end -}}
{{- if .Values.kafka.propertiesSecret.name -}}
{{- $_ := set $config.kafka "propertiesFile" (printf "%s/%s" (include "snowmelt.paths.kafkaProperties" .) .Values.kafka.propertiesSecret.key) -}}
{{- end -}}
{{- if include "snowmelt.onKubernetes" . -}}
{{- $_ := set $config.kubernetes "leaseNamespace" .Release.Namespace -}}
{{- else -}}
{{- $_ := unset $config "kubernetes" -}}
{{- end -}}
{{- if not $config.otlp.endpoint -}}{{- $_ := unset $config.otlp "endpoint" -}}{{- end -}}
{{- if eq (float64 $config.otlp.sampleRatio) 1.0 -}}{{- $_ := unset $config.otlp "sampleRatio" -}}{{- end -}}
{{- if not $config.otlp -}}{{- $_ := unset $config "otlp" -}}{{- end -}}
{{- $targets := list -}}
{{- range .Values.aws.targets -}}
{{- $targets = append $targets (omit . "collector" "executor") -}}
{{- end -}}
{{- if $targets -}}{{- $_ := set $config "aws" (dict "targets" $targets) -}}{{- end -}}
{{- $_ := set $config "http" (dict "host" .Values.http.host "port" 8080 "admin" .Values.http.admin) -}}
{{- $_ := set $config "stateDir" (include "snowmelt.paths.state" .) -}}
{{- if .Values.registry.authSecret.name -}}
{{- $_ := set $config.registry "authFile" (printf "%s/config.json" (include "snowmelt.paths.registry" .)) -}}
{{- end -}}
{{- $keys := list -}}
{{- range $name, $_ := .Values.trust.keys -}}
{{- $keys = append $keys (printf "%s/%s" (include "snowmelt.paths.trust" $) $name) -}}
{{- end -}}
{{- range .Values.trust.keysConfigMap.files -}}
{{- $keys = append $keys (printf "%s/%s" (include "snowmelt.paths.trust" $) .) -}}
{{- end -}}
{{- $trust := dict -}}
{{- if $keys -}}{{- $_ := set $trust "keys" $keys -}}{{- end -}}
{{- if .Values.trust.signingKeySecret.name -}}
{{- $_ := set $trust "signingKey" (printf "%s/%s" (include "snowmelt.paths.signing" .) .Values.trust.signingKeySecret.key) -}}
{{- end -}}
{{- if $trust -}}{{- $_ := set $config "trust" $trust -}}{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* Kafka's client settings that TLS and SASL need; passwords are not among them. */}}
{{- define "snowmelt.kafkaClient" -}}
{{- $tls := .Values.kafka.tls -}}
{{- $sasl := .Values.kafka.sasl -}}
{{- if and $tls.enabled $sasl.enabled }}
security.protocol: SASL_SSL
{{- else if $tls.enabled }}
security.protocol: SSL
{{- else if $sasl.enabled }}
security.protocol: SASL_PLAINTEXT
{{- end }}
{{- if and $tls.enabled $tls.caSecret.name }}
ssl.truststore.type: PEM
ssl.truststore.location: {{ include "snowmelt.paths.kafkaTls" . }}/{{ $tls.caSecret.key }}
{{- end }}
{{- if and $tls.enabled $tls.clientSecret.name }}
ssl.keystore.type: PEM
ssl.keystore.location: {{ include "snowmelt.paths.kafkaClientTls" . }}/{{ $tls.clientSecret.key }}
{{- end }}
{{- if $sasl.enabled }}
sasl.mechanism: {{ $sasl.mechanism }}
{{- end }}
{{- end -}}

{{/* Environment of every container. .component is what the values say of the component. */}}
{{- define "snowmelt.env" -}}
{{- $sasl := .root.Values.kafka.sasl -}}
{{- $secret := default $sasl.secret.name .component.kafkaUserSecret -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
# So that it also counts for what is run within the pod: kubectl exec … -- snowmelt status
- name: SNOWMELT_CONFIG
  value: {{ include "snowmelt.paths.config" . }}
- name: SNOWMELT_LOG_LEVEL
  value: {{ .root.Values.log.level }}
{{- with .component.javaOptions }}
- name: SNOWMELT_JAVA_OPTS
  value: {{ . | quote }}
{{- end }}
{{- if $sasl.enabled }}
{{- if $sasl.secret.jaasKey }}
- name: SNOWMELT_KAFKA_CLIENT_SASL_JAAS_CONFIG
  valueFrom:
    secretKeyRef:
      name: {{ required "kafka.sasl.secret.name: which secret holds the user?" $secret }}
      key: {{ $sasl.secret.jaasKey }}
{{- else }}
- name: KAFKA_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ required "kafka.sasl.secret.name: which secret holds the user?" $secret }}
      key: {{ $sasl.secret.usernameKey }}
- name: KAFKA_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ $sasl.secret.passwordKey }}
{{- $module := ternary "org.apache.kafka.common.security.plain.PlainLoginModule" "org.apache.kafka.common.security.scram.ScramLoginModule" (eq $sasl.mechanism "PLAIN") }}
# Kubernetes puts the two above into it.
- name: SNOWMELT_KAFKA_CLIENT_SASL_JAAS_CONFIG
  value: {{ printf "%s required username=\"$(KAFKA_USERNAME)\" password=\"$(KAFKA_PASSWORD)\";" $module | quote }}
{{- end }}
{{- end }}
{{- with .component.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
Static membership: a name that the pod keeps over restarts. Installations in other clusters and namespaces may share
the brokers, and two members of one name would throw each other out for ever.
*/}}
{{- define "snowmelt.member" -}}
{{- $where := printf "%s/%s/%s" .Values.config.kubernetes.target .Release.Namespace (.Values.aws.targets | toJson) | sha256sum | trunc 8 -}}
- name: SNOWMELT_MEMBER
  value: $(POD_NAME).{{ default $where .Values.memberSuffix }}
{{- end -}}

{{/* Volumes of every pod; .account is true where the signing key, trusted keys and so on are needed. */}}
{{- define "snowmelt.volumes" -}}
- name: config
  configMap:
    name: {{ .configMap }}
- name: tmp
  emptyDir: {}
{{- $kafka := .root.Values.kafka }}
{{- if and $kafka.tls.enabled $kafka.tls.caSecret.name }}
- name: kafka-tls
  secret:
    secretName: {{ $kafka.tls.caSecret.name }}
    items:
      - key: {{ $kafka.tls.caSecret.key }}
        path: {{ $kafka.tls.caSecret.key }}
{{- end }}
{{- $client := default $kafka.tls.clientSecret.name .component.kafkaClientCertificateSecret }}
{{- if and $kafka.tls.enabled $kafka.tls.clientSecret.name }}
- name: kafka-client-tls
  secret:
    secretName: {{ $client }}
    defaultMode: 0440
    items:
      - key: {{ $kafka.tls.clientSecret.key }}
        path: {{ $kafka.tls.clientSecret.key }}
{{- end }}
{{- if $kafka.propertiesSecret.name }}
- name: kafka-properties
  secret:
    secretName: {{ $kafka.propertiesSecret.name }}
    defaultMode: 0440
    items:
      - key: {{ $kafka.propertiesSecret.key }}
        path: {{ $kafka.propertiesSecret.key }}
{{- end }}
{{- end -}}

{{- define "snowmelt.mounts" -}}
- name: config
  mountPath: /etc/snowmelt/snowmelt.yaml
  subPath: snowmelt.yaml
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- $kafka := .root.Values.kafka }}
{{- if and $kafka.tls.enabled $kafka.tls.caSecret.name }}
- name: kafka-tls
  mountPath: {{ include "snowmelt.paths.kafkaTls" . }}
  readOnly: true
{{- end }}
{{- if and $kafka.tls.enabled $kafka.tls.clientSecret.name }}
- name: kafka-client-tls
  mountPath: {{ include "snowmelt.paths.kafkaClientTls" . }}
  readOnly: true
{{- end }}
{{- if $kafka.propertiesSecret.name }}
- name: kafka-properties
  mountPath: {{ include "snowmelt.paths.kafkaProperties" . }}
  readOnly: true
{{- end }}
{{- end -}}
