import { Box, Chip, Group, Text, TextInput } from "@mantine/core";

import { cronWords } from "./cron";

const USUAL = [
  ["every 5 minutes", "*/5 * * * *"],
  ["hourly", "0 * * * *"],
  ["daily at 6", "0 6 * * *"],
  ["weekdays at 6", "0 6 * * mon-fri"],
  ["monthly", "0 6 1 * *"],
] as const;

interface Props {
  value: string;
  onChange: (cron: string) => void;
  error?: string;
}

/** A cron expression, said in words while it is typed; the usual ones at a click. */
export function CronField({ value, onChange, error }: Props) {
  const words = cronWords(value);
  return (
    <Box>
      <TextInput
        label="When"
        withAsterisk
        description="Minute, hour, day of the month, month, day of the week."
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      />
      {!error && (
        <Text size="sm" mt={4} mih={20} c={words ? undefined : "dimmed"} aria-live="polite">
          {words ?? (value.trim() ? "" : "Five fields, such as 0 6 * * mon-fri.")}
        </Text>
      )}
      <Group gap={6} mt={4}>
        {USUAL.map(([label, cron]) => (
          <Chip key={cron} size="xs" checked={value === cron} onChange={() => onChange(cron)}>
            {label}
          </Chip>
        ))}
      </Group>
    </Box>
  );
}
