/** "Firefox on Linux" of what a browser says of itself. */
export function programOf(agent: string | null, kind: string): string {
  if (kind === "token") return "A program";
  if (!agent) return "Unknown";
  const browser = BROWSERS.find(([mark]) => agent.includes(mark));
  const system = SYSTEMS.find(([mark]) => agent.includes(mark));
  if (!browser) return agent.slice(0, 40);
  return system ? `${browser[1]} on ${system[1]}` : browser[1];
}

const BROWSERS = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Firefox", "Firefox"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
  ["curl", "curl"],
] as const;

const SYSTEMS = [
  ["Windows", "Windows"],
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Mac OS", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;
