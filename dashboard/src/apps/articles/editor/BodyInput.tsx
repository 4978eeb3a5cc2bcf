import { Group, Input, SegmentedControl, Text } from "@mantine/core";
import { useDeferredValue, useId } from "react";

import { count } from "@/lib/words";
import { Markdown } from "@/ui/Markdown";

import classes from "./Editor.module.css";

export type BodyView = "write" | "both" | "read";

export function readView(given: unknown): BodyView | undefined {
  return given === "write" || given === "read" || given === "both" ? given : undefined;
}

const VIEWS: { value: BodyView; label: string }[] = [
  { value: "write", label: "Write" },
  { value: "both", label: "Side by side" },
  { value: "read", label: "Preview" },
];

const MOST = 200_000;

interface Props {
  value: string;
  onChange: (body: string) => void;
  view: BodyView;
  onView: (view: BodyView) => void;
  isReadOnly: boolean;
  error: string | undefined;
}

/** The text in Markdown, and how it will read. */
export function BodyInput({ value, onChange, view, onView, isReadOnly, error }: Props) {
  const id = useId();
  const shown = useDeferredValue(value);
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={6}>
        <Group gap="xs">
          <Input.Label htmlFor={id}>Text, in Markdown</Input.Label>
          <Text size="xs" c="dimmed">
            {count(wordsIn(shown))} words
          </Text>
        </Group>
        <SegmentedControl
          aria-label="How the text is shown"
          value={view}
          data={VIEWS}
          onChange={(next) => onView(readView(next) ?? "both")}
        />
      </Group>
      <div className={classes.body} data-view={view}>
        <textarea
          id={id}
          className={classes.source}
          value={value}
          maxLength={MOST}
          readOnly={isReadOnly}
          spellCheck
          aria-invalid={error ? true : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <div className={classes.preview} role="region" aria-label="Preview" tabIndex={0}>
          {shown.trim() ? (
            <Markdown text={shown} />
          ) : (
            <Text size="sm" c="dimmed">
              What you write shows here as it will read.
            </Text>
          )}
        </div>
      </div>
      {error && (
        <Text size="xs" c="red" mt={4} role="alert">
          {error}
        </Text>
      )}
    </div>
  );
}

function wordsIn(text: string): number {
  return text.trim() ? text.trim().split(/\s+/).length : 0;
}
