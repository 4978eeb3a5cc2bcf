import { Alert, Button, Code, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";

import type { Schemas } from "@/api/client";
import { Json } from "@/ui/Json";

import type { Call } from "../queries";
import { Raw } from "./Raw";
import { type Frame, framesOf } from "./traceback";

type Fault = Schemas["JobError"];

/** What went wrong: the message, one's own code before that of libraries, and the answer that could not be read. */
export function Failure({ error, calls = [] }: { error: Fault; calls?: readonly Call[] }) {
  const raw = error.code === "ai_malformed_answer" ? calls.findLast(({ raw_answer }) => raw_answer)?.raw_answer : null;
  return (
    <Stack gap="sm">
      <Alert color="red" icon={<IconAlertTriangle size={18} />} title={nameOf(error)} p="xs">
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {error.message || "It gave no message."}
        </Text>
      </Alert>
      {raw && <Raw text={raw} />}
      {error.traceback && <Traceback text={error.traceback} />}
    </Stack>
  );
}

function nameOf({ type, code }: Fault): string {
  const name = type?.split(".").at(-1);
  return name ? `${name} (${code})` : code;
}

function Traceback({ text }: { text: string }) {
  const [isWhole, whole] = useDisclosure(false);
  const frames = framesOf(text);
  const own = frames.filter(({ isOwn }) => isOwn);
  const shown = own.length > 0 ? own : frames.slice(0, 1);
  const others = frames.length - own.length;
  return (
    <Stack gap="xs">
      {shown.map((frame, place) => (
        <Place key={place} frame={frame} />
      ))}
      <Group>
        <Button variant="default" onClick={whole.toggle} aria-expanded={isWhole}>
          {isWhole
            ? "Hide the whole traceback"
            : `Whole traceback${others ? `, ${String(others)} frames of libraries` : ""}`}
        </Button>
      </Group>
      <Collapse expanded={isWhole}>
        <Json value={text} label="traceback" max={480} />
      </Collapse>
    </Stack>
  );
}

function Place({ frame: { file, line, name, code } }: { frame: Frame }) {
  return (
    <div>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {file}:{line} in <b>{name}</b>
      </Text>
      {code && (
        <Code block fz="xs" tabIndex={0}>
          {code}
        </Code>
      )}
    </div>
  );
}
