import { Progress, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Schemas } from "@/api/client";
import { count, money } from "@/lib/words";
import { useMay } from "@/shell/me";
import { ErrorState } from "@/ui/ErrorState";
import { Tile } from "@/ui/Tile";
import classes from "@/ui/Tile.module.css";

import { countsQuery, openWaitsQuery, overviewQuery, startOfDay, todayQuery } from "./queries";

/** The numbers at the top: each leads to the jobs it counts. */
export function Tiles() {
  const since = startOfDay();
  const maySee = useMay("operations:read");
  const overview = useQuery({ ...overviewQuery, enabled: maySee });
  const counts = useQuery({ ...countsQuery, enabled: !maySee });
  const whole = overview.data;
  const own = counts.data;
  const ownToday = useQuery({ ...todayQuery(since), enabled: !maySee }).data;
  const waits = useQuery(openWaitsQuery).data;
  const states = whole?.states ?? own?.states;
  const asking = maySee ? overview : counts;
  const failed = whole ? count(whole.today.outcomes.failed ?? 0) : ownToday?.states.failed?.text;
  const completed = whole ? count(whole.today.outcomes.completed ?? 0) : ownToday?.states.completed?.text;
  const asked = waits && `${String(waits.items.length)}${waits.next_cursor ? "+" : ""}`;
  const later = (states?.scheduled?.count ?? 0) + (states?.blocked?.count ?? 0);
  if (asking.isError && !states) {
    return <ErrorState problem={asking.error} onRetry={() => void asking.refetch()} />;
  }
  return (
    <SimpleGrid className={classes.tiles} cols={{ base: 2, sm: 3, lg: maySee ? 5 : 4 }} spacing="sm">
      <Leading to="/jobs" search={{ state: "queued" }}>
        <Tile
          label="Queued"
          value={states?.queued?.text}
          note={later > 0 ? `${String(later)} scheduled or blocked` : "ready to run"}
          color="indigo"
        />
      </Leading>
      <Leading to="/jobs" search={{ state: "running" }}>
        <Tile label="Running" value={states?.running?.text} note="right now" color="water" />
      </Leading>
      <Leading to="/jobs" search={{ state: "waiting" }}>
        <Tile
          label="Waiting"
          value={states?.waiting?.text}
          note={asked === undefined ? "" : asked === "0" ? "for nobody" : `${asked} for an answer`}
          color="grape"
        />
      </Leading>
      <Leading to="/errors">
        <Tile
          label="Failed today"
          value={failed}
          note={completed === undefined ? "" : `${completed} completed`}
          color="red"
        />
      </Leading>
      {maySee && (
        <Tile
          label="AI spend today"
          value={whole && money(whole.spent_today_nano_usd)}
          note={whole?.budget?.day ? <Against day={whole.budget.day} /> : "no budget of the day"}
          color="teal"
        />
      )}
    </SimpleGrid>
  );
}

function Against({ day: { spent_nano_usd, limit_nano_usd } }: { day: Schemas["PeriodView"] }) {
  const share = limit_nano_usd > 0 ? Math.min(100, (spent_nano_usd / limit_nano_usd) * 100) : 100;
  const words = `${String(Math.round(share))} % of ${money(limit_nano_usd)}`;
  return (
    <>
      {words}
      <Progress value={share} size={4} color={share >= 90 ? "red" : "teal"} aria-label={`Budget: ${words}`} />
    </>
  );
}

function Leading({ children, ...to }: LinkProps & { children: ReactNode }) {
  return (
    <Link {...to} className={classes.link}>
      {children}
    </Link>
  );
}
