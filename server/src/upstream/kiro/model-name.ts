// Names of models: Kiro writes the versions of Claude with a point and without a date.

/** `claude-sonnet-4-5-20250929` → `claude-sonnet-4.5`; other names stay as they are. */
export function kiroModel(name: string): string {
  const [, family, major, minor] =
    /^(claude-(?:opus|sonnet|haiku))-(\d{1,2})(?:-(\d{1,2}))?(?:-\d{8}|-latest)?$/.exec(name) ?? [];
  if (family === undefined || major === undefined) return name;
  return minor === undefined ? `${family}-${major}` : `${family}-${major}.${minor}`;
}
