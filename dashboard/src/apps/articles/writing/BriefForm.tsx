import {
  Button,
  Collapse,
  Input,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  TextInput,
  Textarea,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useRef, useState } from "react";

import { Problem } from "@/api/problem";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";

import { SourcesInput } from "../SourcesInput";
import { type Draft, type Ending, SECTIONS_MAX } from "./brief";

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  onSend: () => void;
  label: string;
  isBusy: boolean;
  problem: Error | null;
  /** Buttons beside the one that sends. */
  more?: ReactNode;
}

const ENDINGS: { value: Ending; label: string }[] = [
  { value: "review", label: "Review it first" },
  { value: "publish", label: "Publish at once" },
  { value: "draft", label: "Keep a draft" },
];

/** What an article is to be about, and what becomes of it. */
export function BriefForm({ draft, onChange, onSend, label, isBusy, problem, more }: Props) {
  const [isOpen, details] = useDisclosure(false);
  const [isMissing, setMissing] = useState(false);
  const topic = useRef<HTMLTextAreaElement>(null);
  const faults = problem instanceof Problem ? problem.faults : [];
  const wrong = (name: string): string | undefined =>
    faults.find(({ pointer }) => pointer === `/${name}` || pointer === `/body/${name}`)?.detail;
  const isPlaced = faults.length > 0 && faults.every(({ pointer }) => wrong(pointer?.split("/").at(-1) ?? ""));
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    setMissing(!draft.topic.trim());
    if (!draft.topic.trim()) topic.current?.focus();
    else if (!isBusy) onSend();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <Textarea
          ref={topic}
          label="Topic"
          placeholder="How headraces brought water to mills"
          value={draft.topic}
          maxLength={200}
          autosize
          minRows={2}
          onChange={(event) => {
            onChange({ topic: event.currentTarget.value });
            setMissing(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          error={isMissing ? "Write what the article is to be about." : wrong("topic")}
        />
        <NumberInput
          label="Sections"
          min={1}
          max={SECTIONS_MAX}
          clampBehavior="strict"
          allowDecimal={false}
          value={draft.sections}
          onChange={(value) => onChange({ sections: Number(value) || 1 })}
          error={wrong("sections")}
        />
        <Input.Wrapper label="When it is written" labelElement="div">
          <SegmentedControl
            fullWidth
            aria-label="When it is written"
            value={draft.ending}
            data={ENDINGS}
            onChange={(next) => onChange({ ending: ENDINGS.find(({ value }) => value === next)?.value })}
          />
        </Input.Wrapper>
        <Button
          variant="subtle"
          color="gray"
          px={4}
          style={{ alignSelf: "flex-start" }}
          aria-expanded={isOpen}
          leftSection={isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          onClick={details.toggle}
        >
          Readers, tone, language and sources
        </Button>
        <Collapse expanded={isOpen}>
          <Details draft={draft} onChange={onChange} wrong={wrong} />
        </Collapse>
        {problem && !isPlaced && <ErrorState problem={problem} />}
        <div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
          <ActButton type="submit" size="sm" loading={isBusy}>
            {label}
          </ActButton>
          {more}
        </div>
      </Stack>
    </form>
  );
}

interface DetailsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  wrong: (name: string) => string | undefined;
}

function Details({ draft, onChange, wrong }: DetailsProps) {
  return (
    <Stack gap="sm">
      <TextInput
        label="Readers"
        placeholder="Curious adults"
        maxLength={200}
        value={draft.audience}
        onChange={(event) => onChange({ audience: event.currentTarget.value })}
        error={wrong("audience")}
      />
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          label="Tone"
          placeholder="Calm, exact"
          maxLength={100}
          value={draft.tone}
          onChange={(event) => onChange({ tone: event.currentTarget.value })}
          error={wrong("tone")}
        />
        <TextInput
          label="Language"
          placeholder="English"
          maxLength={40}
          value={draft.language}
          onChange={(event) => onChange({ language: event.currentTarget.value })}
          error={wrong("language")}
        />
      </SimpleGrid>
      <SourcesInput sources={draft.sources} onChange={(sources) => onChange({ sources })} />
    </Stack>
  );
}
