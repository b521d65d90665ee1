// The Helm chart: its files, its schema, and what comes out of its templates (rendered by the test kit; by Helm itself
// too where it is installed).

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkConfig } from '../../src/config/load.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import type { Value } from '../kit/go-template-values.ts';
import {
  CHART,
  chart,
  chartText,
  chartValues,
  each,
  type Members,
  manifestsOf,
  pick,
  rendered,
  renderedText,
  templateNames,
  valuesWith,
} from '../kit/helm-chart.ts';

const schema: unknown = JSON.parse(chartText('values.schema.json'));
const SECRETS = {
  SLUICE_CLIENT_KEY: 'sk-a',
  SLUICE_METRICS_TOKEN: '0123456789abcdef',
  OPENAI_API_KEY: 'sk-b',
};
const CLUSTER: Members = { cluster: { enabled: true }, replicas: 3, existingSecret: 'mine' };
const EVERYTHING: Members = {
  ...CLUSTER,
  autoscaling: { enabled: true },
  ingress: {
    enabled: true,
    className: 'nginx',
    hosts: ['llm.example.org', 'llm2.example.org'],
    annotations: { a: 'b' },
    tls: [{ hosts: ['llm.example.org'], secretName: 'tls' }],
  },
  serviceMonitor: { enabled: true, labels: { release: 'monitoring' } },
  image: { tag: '9.9.9', pullSecrets: ['one', 'two'] },
  environment: { LOG_LEVEL: 'debug', N: '1' },
  podAnnotations: { x: 'y' },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
  topologySpreadConstraints: [{ maxSkew: 1 }],
  service: { annotations: { c: 'd' } },
};

const POD = ['Deployment', 'spec', 'template', 'spec'] as const;
const CONTAINER = [...POD, 'containers', '0'] as const;
const SELECTOR = ['Deployment', 'spec', 'selector', 'matchLabels'] as const;

/** sluice.jsonc, as the pods get it. */
function configuration(over: Members): unknown {
  return JSON.parse(String(pick(rendered(over), 'ConfigMap', 'data', 'sluice.jsonc')));
}

describe('the files of the chart', () => {
  test('16.1 have a name, a version and the version of Sluice that is installed', () => {
    const manifest: unknown = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(chart).toMatchObject({ apiVersion: 'v2', name: 'sluice', type: 'application' });
    expect(chart.appVersion).toBe(pick(manifest, 'version'));
    expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('use every value that there is, have every value that is used, and describe all in the schema', () => {
    const text = templateNames.map((name) => chartText(`templates/${name}`)).join('\n');
    const used = new Set([...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path));
    for (const path of used)
      expect([path, pick(chartValues, ...path.split('.')) === undefined]).toEqual([path, false]);
    // Below what a template takes as a whole nothing has to be named.
    const leaves = (value: Value, path: string): string[] =>
      value === null || typeof value !== 'object' || Array.isArray(value) || used.has(path)
        ? [path]
        : Object.entries(value).flatMap(([name, item]) =>
            leaves(item, path === '' ? name : `${path}.${name}`),
          );
    for (const leaf of leaves(chartValues, '')) expect([leaf, used.has(leaf)]).toEqual([leaf, true]);
    for (const path of [...used, ...leaves(chartValues, '')]) {
      const place = path.split('.').flatMap((name) => ['properties', name]);
      expect([path, pick(schema, ...place) === undefined]).toEqual([path, false]);
    }
    const known = Object.keys(pick(schema, 'properties') ?? {}).filter((name) => name !== 'global');
    expect(known.sort()).toEqual(Object.keys(chartValues).sort());
  });

  test('refuse wrong values by their schema, and no right ones', () => {
    // The cast: a schema read from a file has no type of its own; one that zod cannot read makes it throw.
    const check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    const good = (over: Members): boolean => check.safeParse(valuesWith(over)).success;
    for (const over of [{}, CLUSTER, EVERYTHING, { secretEnvironment: SECRETS }])
      expect([over, good(over)]).toEqual([over, true]);
    for (const over of [
      { replicas: '2' },
      { replica: 2 },
      { image: { pullPolicy: 'Sometimes' } },
      { config: { server: { drainMs: -1 } } },
      { persistence: { size: 'big' } },
      { ingress: { hosts: [{ host: 'a' }] } },
      { secretEnvironment: { KEY: 1 } },
    ])
      expect([over, good(over)]).toEqual([over, false]);
  });
});

describe('what the chart makes', () => {
  test('16.1 is one gateway with a ledger that stays, and nothing that was not asked for', () => {
    const made = rendered({ secretEnvironment: SECRETS });
    expect(Object.keys(made).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'PersistentVolumeClaim',
      'Secret',
      'Service',
    ]);
    expect(pick(made, 'Deployment', 'spec', 'replicas')).toBe(1);
    expect(pick(made, 'Deployment', 'spec', 'strategy')).toEqual({ type: 'Recreate' });
    expect(pick(made, 'PersistentVolumeClaim', 'metadata', 'annotations')).toEqual({
      'helm.sh/resource-policy': 'keep',
    });
    expect(pick(made, 'Secret', 'stringData')).toEqual(SECRETS);
    expect(pick(made, ...CONTAINER, 'envFrom')).toEqual([{ secretRef: { name: 'prod-sluice' } }]);
    expect(new Set(each(Object.values(made), 'metadata', 'name'))).toEqual(new Set(['prod-sluice']));
  });

  test.each([
    ['by default', {}],
    ['with everything', EVERYTHING],
  ])('%s runs without rights on a read-only file system, and is found by the Service', (_, over) => {
    const made = rendered(over);
    expect(pick(made, ...POD, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pick(made, ...CONTAINER, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pick(made, ...POD, 'automountServiceAccountToken')).toBe(false);
    const selector = pick(made, ...SELECTOR);
    expect(pick(made, 'Deployment', 'spec', 'template', 'metadata', 'labels')).toEqual(selector);
    expect(pick(made, 'Service', 'spec', 'selector')).toEqual(selector);
    expect(each(pick(made, 'Service', 'spec', 'ports'), 'targetPort')).toEqual(['http']);
    expect(pick(made, ...CONTAINER, 'ports')).toEqual([{ name: 'http', containerPort: 9208 }]);
    const mounts = pick(made, ...CONTAINER, 'volumeMounts');
    expect(each(mounts, 'mountPath')).toEqual(['/config', '/data', '/tmp']);
    expect(each(pick(made, ...POD, 'volumes'), 'name')).toEqual(each(mounts, 'name'));
  });

  test('16.6 asks /health and /ready, and waits longer than exchanges may take to finish', () => {
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) =>
      pick(rendered(), ...CONTAINER, name, 'httpGet', 'path'),
    );
    expect(probes).toEqual(['/health', '/health', '/ready']);
    const grace = (over: Members): unknown => pick(rendered(over), ...POD, 'terminationGracePeriodSeconds');
    expect(grace({})).toBe(45);
    expect(grace({ config: { server: { drainMs: 120_000 } } })).toBe(135);
  });

  test('has a configuration that Sluice takes, with the names by which the gateway is called', () => {
    const written = configuration({
      secretEnvironment: SECRETS,
      ingress: { enabled: true, hosts: ['llm.example.org'] },
      config: { server: { allowedHosts: ['mine'] } },
    });
    expect(pick(written, 'server')).toEqual({
      drainMs: 30_000,
      allowedHosts: [
        'prod-sluice',
        'prod-sluice.llm',
        'prod-sluice.llm.svc',
        'prod-sluice.llm.svc.cluster.local',
        'llm.example.org',
        'mine',
      ],
    });
    const checked = checkConfig(written);
    expect(checked.ok).toBe(true);
  });

  test.each([
    ['one gateway', {}],
    ['several', CLUSTER],
  ])('16.7 starts with the variables of the secret: %s', (_, over) => {
    const env: Record<string, string> = {
      ...SECRETS,
      SLUICE_STATE_URL: 'redis://:secret@valkey:6379',
      SLUICE_STORAGE_URL: 'postgres://sluice:secret@postgres:5432/sluice',
    };
    // As the gateway does it: references first, then the check.
    const text = JSON.stringify(configuration(over)).replace(
      /\$\{(\w+)\}/g,
      (_match, name) => env[name] ?? '',
    );
    const checked = checkConfig(JSON.parse(text));
    expect(checked).toMatchObject({ ok: true });
    if (!checked.ok) return;
    expect(resolveSettings(checked.value, { env, overrides: {} })).toMatchObject({ ok: true });
  });

  test('is made anew when the configuration or the secret is another', () => {
    const sum = (name: string, over: Members): unknown =>
      pick(rendered(over), 'Deployment', 'spec', 'template', 'metadata', 'annotations', `checksum/${name}`);
    const before = { secretEnvironment: SECRETS };
    expect(sum('config', before)).toBe(sum('config', before));
    expect(sum('config', { ...before, config: { aliases: { a: 'b' } } })).not.toBe(sum('config', before));
    const other = { secretEnvironment: { ...SECRETS, OPENAI_API_KEY: 'new' } };
    expect(sum('secret', other)).not.toBe(sum('secret', before));
  });

  test('16.7 shares state and ledger between several gateways, and never a ledger file', () => {
    const made = rendered(CLUSTER);
    const state = { url: '${SLUICE_STATE_URL}', instances: 4 };
    expect(pick(configuration(CLUSTER), 'state')).toEqual(state);
    expect(pick(configuration(EVERYTHING), 'state')).toEqual({ ...state, instances: 7 });
    expect(pick(configuration(CLUSTER), 'storage')).toEqual({ url: '${SLUICE_STORAGE_URL}' });
    expect(pick(made, 'Deployment', 'spec', 'replicas')).toBe(3);
    expect(pick(made, 'Deployment', 'spec', 'strategy', 'rollingUpdate')).toEqual({
      maxUnavailable: 0,
      maxSurge: 1,
    });
    expect(pick(made, ...POD, 'volumes', '1')).toEqual({ name: 'data', emptyDir: {} });
    expect(pick(made, ...CONTAINER, 'envFrom')).toEqual([{ secretRef: { name: 'mine' } }]);
    expect([made['PersistentVolumeClaim'], made['Secret']]).toEqual([undefined, undefined]);
    expect(pick(made, 'PodDisruptionBudget', 'spec', 'selector', 'matchLabels')).toEqual(
      pick(made, ...SELECTOR),
    );
    expect(() => rendered({ replicas: 2 })).toThrow(/one state and one ledger/);
    expect(() => rendered({ autoscaling: { enabled: true } })).toThrow(/one state and one ledger/);
    expect(() => rendered({ secretEnvironment: SECRETS, existingSecret: 'mine' })).toThrow(/not both/);
  });

  test('names only what there is, with everything that can be asked for', () => {
    const made = rendered(EVERYTHING);
    expect(pick(made, 'Deployment', 'spec', 'replicas')).toBeUndefined();
    expect(pick(made, 'HorizontalPodAutoscaler', 'spec')).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'prod-sluice' },
      minReplicas: 2,
      maxReplicas: 6,
    });
    const rules = pick(made, 'Ingress', 'spec', 'rules');
    expect(each(rules, 'host')).toEqual(['llm.example.org', 'llm2.example.org']);
    const backend = { name: 'prod-sluice', port: { name: 'http' } };
    expect(each(rules, 'http', 'paths', '0', 'backend', 'service')).toEqual([backend, backend]);
    expect(pick(made, 'Ingress', 'spec', 'tls')).toEqual([{ hosts: ['llm.example.org'], secretName: 'tls' }]);
    expect(pick(made, 'ServiceMonitor', 'metadata', 'labels')).toMatchObject({ release: 'monitoring' });
    expect(pick(made, 'ServiceMonitor', 'spec', 'endpoints', '0')).toMatchObject({
      port: 'http',
      path: '/metrics',
      authorization: { credentials: { name: 'mine', key: 'SLUICE_METRICS_TOKEN' } },
    });
    expect(pick(made, ...CONTAINER)).toMatchObject({
      image: 'sluice:9.9.9',
      env: [
        { name: 'LOG_LEVEL', value: 'debug' },
        { name: 'N', value: '1' },
      ],
    });
    expect(pick(made, ...POD)).toMatchObject({
      imagePullSecrets: [{ name: 'one' }, { name: 'two' }],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      topologySpreadConstraints: [{ maxSkew: 1 }],
    });
  });

  test('tells where the gateway is, and that it needs a secret while it has none', () => {
    const bare = renderedText('NOTES.txt');
    expect(bare).toContain('http://prod-sluice.llm.svc:9208');
    expect(bare).toContain('It has no secret yet');
    const full = renderedText('NOTES.txt', EVERYTHING);
    expect(full).toContain('https://llm.example.org');
    expect(full).not.toContain('no secret');
  });
});

const helm = spawnSync('helm', ['version']).status === 0;
if (!helm) process.stderr.write('SKIPPED: helm is not installed, so Helm itself has not judged the chart.\n');

test.skipIf(!helm)('Helm itself takes the chart, and makes of it what the test kit makes', () => {
  const lint = spawnSync('helm', ['lint', '--strict', CHART], { encoding: 'utf8' });
  expect([lint.status, lint.stderr]).toEqual([0, '']);
  for (const over of [{ secretEnvironment: SECRETS }, CLUSTER, EVERYTHING]) {
    const made = spawnSync('helm', ['template', 'prod', CHART, '--namespace', 'llm', '-f', '-'], {
      encoding: 'utf8',
      input: JSON.stringify(over),
    });
    const theirs = manifestsOf(made.stdout).map((manifest) => [pick(manifest, 'kind'), manifest]);
    expect(Object.fromEntries(theirs)).toEqual(rendered(over));
  }
});
