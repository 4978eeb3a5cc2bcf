import { ActionIcon, Card, Group, SegmentedControl, Skeleton, Slider, Text, Tooltip } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerSkipForwardFilled } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { took } from "@/lib/words";

import type { Recording } from "../told/recording";
import { spanOfEvents } from "./span";

interface Props {
  recording: Recording;
  moment: number | null;
  onMoment: (moment: number | null) => void;
  /** The job told something, which may still be on its way: its place is kept. */
  isExpected: boolean;
}

const HEIGHT = 44;

const FRAME_MS = 50;

/** Plays what a finished job told: text, progress and log as they were at a moment. */
export function Player({ recording, moment, onMoment, isExpected }: Props) {
  const span = spanOfEvents(recording);
  const [speed, setSpeed] = useState("1");
  const [isPlaying, setPlaying] = useState(false);
  const [from, to] = span ?? [0, 0];
  const at = moment ?? to;

  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setTimeout(() => {
      const next = at + FRAME_MS * Number(speed);
      if (next >= to) setPlaying(false);
      onMoment(next >= to ? null : next);
    }, FRAME_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, at, to, speed, onMoment]);

  if (!span) return isExpected && !recording.isOver ? <Skeleton mt="sm" h={HEIGHT} /> : null;
  const play = (): void => {
    if (!isPlaying && at >= to) onMoment(from);
    setPlaying(!isPlaying);
  };
  return (
    <Card mt="sm" py={6} mih={HEIGHT} component="section" aria-label="Recording">
      <Group gap="sm" wrap="nowrap">
        <Tooltip label={isPlaying ? "Pause" : "Play what it told"}>
          <ActionIcon onClick={play} variant="light" color="water" aria-label={isPlaying ? "Pause" : "Play"}>
            {isPlaying ? <IconPlayerPauseFilled size={14} /> : <IconPlayerPlayFilled size={14} />}
          </ActionIcon>
        </Tooltip>
        <Slider
          flex={1}
          size="sm"
          min={0}
          max={to - from}
          step={Math.max(1, (to - from) / 1000)}
          value={at - from}
          onChange={(value) => onMoment(from + value >= to ? null : from + value)}
          label={null}
          thumbLabel="Moment of the recording"
          thumbValueText={(value) => took(value)}
        />
        <Text size="xs" c="dimmed" miw={104} ta="right" visibleFrom="xs" style={{ whiteSpace: "nowrap" }}>
          {took(at - from)} of {took(to - from)}
        </Text>
        <SegmentedControl value={speed} onChange={setSpeed} data={SPEEDS} aria-label="Speed" />
        <Tooltip label="To the end">
          <ActionIcon
            onClick={() => {
              setPlaying(false);
              onMoment(null);
            }}
            disabled={moment === null}
            aria-label="To the end"
          >
            <IconPlayerSkipForwardFilled size={14} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Card>
  );
}

const SPEEDS = ["1", "4", "16"].map((value) => ({ value, label: `${value}×` }));
