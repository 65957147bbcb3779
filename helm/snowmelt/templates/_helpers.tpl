{{/* What everything is called. Short, for the longest suffix names an AWS account and region. */}}
{{- define "snowmelt.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 30 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 30 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "snowmelt.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "snowmelt.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{ include "snowmelt.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: snowmelt
{{- end -}}

{{- define "snowmelt.image" -}}
{{- $image := .Values.image -}}
{{- $repository := required "image.repository: say where your image of Snowmelt is; docs/deploying.md tells how to make one" $image.repository -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ default .Chart.AppVersion $image.tag }}
{{- end -}}
{{- end -}}

{{/* The name of a component's service account: .account is what the values say of it. */}}
{{- define "snowmelt.serviceAccount" -}}
{{- default .standard .account.name -}}
{{- end -}}

{{- define "snowmelt.onKubernetes" -}}
{{- if .Values.config.kubernetes.target }}true{{ end -}}
{{- end -}}

{{/* A name for an account and region: 123456789012-eu-west-1 */}}
{{- define "snowmelt.ec2Name" -}}
{{- . | trimPrefix "aws:" | replace ":" "-" -}}
{{- end -}}

{{/* Sets that keep a pod to what it needs; the image's user is 65532. */}}
{{- define "snowmelt.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "snowmelt.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Where a pod finds its files. */}}
{{- define "snowmelt.paths.config" -}}/etc/snowmelt/snowmelt.yaml{{- end -}}
{{- define "snowmelt.paths.kafkaTls" -}}/etc/snowmelt/kafka-tls{{- end -}}
{{- define "snowmelt.paths.kafkaClientTls" -}}/etc/snowmelt/kafka-client-tls{{- end -}}
{{- define "snowmelt.paths.kafkaProperties" -}}/etc/snowmelt/kafka{{- end -}}
{{- define "snowmelt.paths.trust" -}}/etc/snowmelt/trust{{- end -}}
{{- define "snowmelt.paths.signing" -}}/etc/snowmelt/signing{{- end -}}
{{- define "snowmelt.paths.registry" -}}/etc/snowmelt/registry{{- end -}}
{{- define "snowmelt.paths.declarations" -}}/etc/snowmelt/declarations{{- end -}}
{{- define "snowmelt.paths.state" -}}/var/lib/snowmelt{{- end -}}
