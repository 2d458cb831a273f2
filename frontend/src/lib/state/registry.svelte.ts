/**
 * What a registry holds under an id, made at first use. State that a reaction makes itself is not followed by it, and the first to
 * ask is often a template: made in a root of its own, it is.
 */
export function made<Kept>(registry: Map<string, Kept>, id: string, make: (id: string) => Kept): Kept {
  const known = registry.get(id);
  if (known) return known;
  let kept!: Kept;
  $effect.root(() => void (kept = make(id)));
  registry.set(id, kept);
  return kept;
}
