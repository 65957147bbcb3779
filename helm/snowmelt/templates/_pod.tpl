{{/*
A pod of Snowmelt: metadata and spec of a template.
  root       the chart
  name       of the component: detector, remediator, collector …
  component  what the values say of it
  args       what the command is to do
  account    name of its service account
  token      whether it speaks to the API server
  configMap  where snowmelt.yaml is
  env, mounts, volumes  further ones, as text
  once       it ends by itself: no probes, no port
*/}}
{{- define "snowmelt.pod" -}}
{{- $once := default false .once -}}
metadata:
  labels:
    {{- include "snowmelt.selector" (dict "root" .root "component" .name) | nindent 4 }}
    app.kubernetes.io/part-of: snowmelt
    {{- with .component.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Another configuration is another pod. Declarations are none: they are followed while it runs.
    checksum/config: {{ print (include "snowmelt.config" .root) (toJson .root.Values.trust.keys) | sha256sum }}
    {{- with .component.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ .account }}
  automountServiceAccountToken: {{ .token }}
  # Variables such as SNOWMELT_HTTP_PORT=tcp://… of a Service 'snowmelt-http' would be taken for settings.
  enableServiceLinks: false
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .component.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- if $once }}
  restartPolicy: Never
  {{- else }}
  # A role stops within 10 s.
  terminationGracePeriodSeconds: 30
  {{- end }}
  securityContext: {{- include "snowmelt.podSecurity" . | nindent 4 }}
  containers:
    - name: {{ .name }}
      image: {{ include "snowmelt.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args:
        {{- toYaml .args | nindent 8 }}
        - --wait
        - {{ .root.Values.wait }}
      env:
        {{- include "snowmelt.env" . | nindent 8 }}
        {{- with .env }}
        {{- . | nindent 8 }}
        {{- end }}
      {{- if not $once }}
      ports:
        - name: http
          containerPort: 8080
          protocol: TCP
      # It answers as soon as the process runs; what is waited for is said by readiness.
      startupProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 5
      {{- end }}
      resources: {{- toYaml .component.resources | nindent 8 }}
      securityContext: {{- include "snowmelt.containerSecurity" . | nindent 8 }}
      volumeMounts:
        {{- include "snowmelt.mounts" . | nindent 8 }}
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
  volumes:
    {{- include "snowmelt.volumes" . | nindent 4 }}
    {{- with .volumes }}
    {{- . | nindent 4 }}
    {{- end }}
  {{- with .component.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .component.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if not $once }}
  {{- if .component.affinity }}
  affinity: {{- toYaml .component.affinity | nindent 4 }}
  {{- else }}
  affinity:
    # Replicas on one node would go down together.
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels: {{- include "snowmelt.selector" (dict "root" .root "component" .name) | nindent 16 }}
  {{- end }}
  {{- with .component.topologySpreadConstraints }}
  topologySpreadConstraints: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* The volume with the key that signs what a role proposes. */}}
{{- define "snowmelt.signingVolume" -}}
{{- with .Values.trust.signingKeySecret }}
{{- if .name }}
- name: signing
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: {{ .key }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "snowmelt.signingMount" -}}
{{- if .Values.trust.signingKeySecret.name }}
- name: signing
  mountPath: {{ include "snowmelt.paths.signing" . }}
  readOnly: true
{{- end }}
{{- end -}}

{{/* The keys whose signatures count; `status` reads them too. */}}
{{- define "snowmelt.trustVolume" -}}
{{- if .Values.trust.keys }}
- name: trust
  configMap:
    name: {{ include "snowmelt.fullname" . }}-trust
{{- else if .Values.trust.keysConfigMap.name }}
- name: trust
  configMap:
    name: {{ .Values.trust.keysConfigMap.name }}
{{- end }}
{{- end -}}

{{- define "snowmelt.trustMount" -}}
{{- if or .Values.trust.keys .Values.trust.keysConfigMap.name }}
- name: trust
  mountPath: {{ include "snowmelt.paths.trust" . }}
  readOnly: true
{{- end }}
{{- end -}}

{{/* Where a StatefulSet keeps its stores. */}}
{{- define "snowmelt.stateMount" -}}
- name: state
  mountPath: {{ include "snowmelt.paths.state" . }}
{{- end -}}

{{- define "snowmelt.stateClaim" -}}
{{- with .persistence }}
volumeClaimTemplates:
  - metadata:
      name: state
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .size }}
{{- end }}
{{- end -}}
