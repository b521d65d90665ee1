// Finds the ids of resources in what a provider answered, so that later requests can be sent to the account that has them.

/** Ids of what a JSON answer describes: OpenAI's and Anthropic's `id`, Gemini's `name` ("files/abc" → "abc"), one level deep. */
export function idsIn(text: string): string[] {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return [];
    const objects = [answer, ...Object.values(answer)];
    return objects.flatMap((object: unknown) => {
      if (typeof object !== 'object' || object === null) return [];
      const { id, name } = object as { id?: unknown; name?: unknown };
      return [
        id,
        typeof name === 'string' && name.includes('/') ? name.slice(name.lastIndexOf('/') + 1) : undefined,
      ].filter((found): found is string => typeof found === 'string' && found.length > 5);
    });
  } catch {
    // Not JSON after all: nothing to remember.
    return [];
  }
}
