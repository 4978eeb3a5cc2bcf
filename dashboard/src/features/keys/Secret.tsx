import { Alert, Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
  /** What it is: "The new key". */
  label: string;
  text: string;
  about?: ReactNode;
  onDone?: () => void;
  children?: ReactNode;
}

/** A text that is shown this once: to copy now. */
export function Secret({ label, text, about = "Copy it now; it can't be shown again.", onDone, children }: Props) {
  return (
    <Alert color="teal" title={label} role="status">
      <Stack gap="xs">
        <Text size="sm">{about}</Text>
        <Code
          block
          tabIndex={0}
          role="group"
          aria-label={label}
          style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
        >
          {text}
        </Code>
        <Group gap="xs">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          {children}
          {onDone && (
            <Button variant="default" onClick={onDone}>
              Done
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
