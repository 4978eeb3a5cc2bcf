import { Badge, Button, Card, Center, Group, Stack, Text } from "@mantine/core";

import { count, money, took } from "@/lib/words";

import { Facts } from "../Facts";
import type { Call } from "../queries";
import { Messages } from "./Messages";
import { Raw } from "./Raw";

const RUNG: Record<string, string> = {
  first: "first",
  again: "asked again with the error",
  fallback: "next model of the chain",
  mended: "mended here",
};
const STATE_COLOR: Record<string, string> = { ok: "teal", error: "red", lost: "red", open: "water" };

/** The calls of models: what each read and wrote, how long it took, what it cost, and why it was made again. */
export function Calls({ calls, onMore }: { calls: readonly Call[]; onMore: (() => void) | null }) {
  const cost = calls.reduce((sum, call) => sum + (call.cost_nano_usd ?? 0), 0);
  const again = calls.filter(({ rung }) => rung !== "first").length;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {calls.length} {calls.length === 1 ? "call" : "calls"}, {money(cost)}
        {again > 0 && `, ${String(again)} of them to repair an answer`}
      </Text>
      {calls.map((call) => (
        <CallCard key={call.id} call={call} />
      ))}
      {onMore && (
        <Center>
          <Button variant="default" onClick={onMore}>
            Load more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

/** One call of a model; what was said in it is open at once where the call is all that is shown. */
export function CallCard({ call, isAlone = false }: { call: Call; isAlone?: boolean }) {
  return (
    <Card padding="xs" component="article" aria-label={`Call of ${call.model}`}>
      <Group gap={6} mb={6}>
        <Badge color={STATE_COLOR[call.state] ?? "gray"} size="sm">
          {call.state}
        </Badge>
        <Text size="sm" fw={600}>
          {call.provider}:{call.model}
        </Text>
        <Text size="xs" c="dimmed">
          {call.step}, run {call.run}
        </Text>
        {call.rung !== "first" && (
          <Badge color="orange" size="sm">
            {RUNG[call.rung] ?? call.rung}
          </Badge>
        )}
        {call.is_cached && <Badge size="sm">from the cache</Badge>}
      </Group>
      <Facts facts={factsOf(call)} />
      {call.error_message && (
        <Text size="sm" c="red" mt={6} style={{ overflowWrap: "anywhere" }}>
          {call.error_message}
        </Text>
      )}
      {call.raw_answer && <Raw text={call.raw_answer} />}
      <Messages call={call} isOpen={isAlone} />
    </Card>
  );
}

function factsOf(call: Call) {
  const latency = call.finished_at ? Date.parse(call.finished_at) - Date.parse(call.started_at) : null;
  const about = call.is_estimated ? "about " : "";
  return [
    ["Tokens in", call.input_tokens === null ? null : about + count(call.input_tokens)],
    ["of them cached", call.cached_tokens ? count(call.cached_tokens) : null],
    ["Tokens out", call.output_tokens === null ? null : about + count(call.output_tokens)],
    ["of them reasoning", call.reasoning_tokens ? count(call.reasoning_tokens) : null],
    ["Cost", costOf(call)],
    ["Took", latency === null ? null : took(latency)],
    ["First token after", call.first_token_ms === null ? null : took(call.first_token_ms)],
    [
      "Tokens a second",
      latency && call.output_tokens ? count(Math.round((call.output_tokens / latency) * 1000)) : null,
    ],
    ["Ended with", call.finish_reason],
    ["Answered by", call.answered_by === call.model ? null : call.answered_by],
    ["Error", call.error_code],
  ] as const;
}

function costOf({ cost_nano_usd, reserved_nano_usd, state }: Call): string {
  if (cost_nano_usd !== null) return money(cost_nano_usd);
  if (state === "open" && reserved_nano_usd !== null) return `at most ${money(reserved_nano_usd)}`;
  return state === "open" ? "not known yet" : "price unknown";
}
