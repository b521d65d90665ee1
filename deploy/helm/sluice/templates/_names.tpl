{{/* What several templates say: names, labels, the configuration. */}}

{{- define "sluice.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sluice.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "sluice.secret" -}}
{{- default (include "sluice.name" .) .Values.existingSecret -}}
{{- end -}}

{{/* The file sluice.jsonc. A gateway is called by the name of its Service, which it has to know. */}}
{{- define "sluice.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $server := $config.server -}}
{{- $name := include "sluice.name" . -}}
{{- $near := printf "%s.%s" $name .Release.Namespace -}}
{{- $hosts := list $name $near (printf "%s.svc" $near) (printf "%s.svc.cluster.local" $near) -}}
{{- if .Values.ingress.enabled -}}
{{- $hosts = concat $hosts .Values.ingress.hosts -}}
{{- end -}}
{{- $_ := set $server "allowedHosts" (concat $hosts (default (list) $server.allowedHosts)) -}}
{{- if .Values.cluster.enabled -}}
{{- $pods := .Values.replicas -}}
{{- if .Values.autoscaling.enabled -}}
{{- $pods = .Values.autoscaling.maxReplicas -}}
{{- end -}}
{{- /* One more while they are replaced one by one. */ -}}
{{- $_ := set $config "state" (dict "url" "${SLUICE_STATE_URL}" "instances" (add 1 (int $pods))) -}}
{{- $_ := set $config "storage" (dict "url" "${SLUICE_STORAGE_URL}") -}}
{{- end -}}
{{- toPrettyJson $config -}}
{{- end -}}
