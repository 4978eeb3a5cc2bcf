import type { ReactNode } from "react";

import { Empty } from "@/ui/Empty";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { TextLink } from "@/ui/links";

import { type Permission, useMe } from "./me";

/** What takes a permission; who lacks it and came by the address is told so. */
export function Allowed({ needs, children }: { needs: Permission; children: ReactNode }) {
  const me = useMe();
  if (!me) return <Loading />;
  if (me.permissions.includes(needs)) return children;
  return (
    <Page title="Not allowed">
      <Empty title="Your role can't see this page">
        You are signed in as {me.role ?? "a guest"}. An administrator can change your role.{" "}
        <TextLink to="/" size="sm" underline="always">
          Go to the overview
        </TextLink>
      </Empty>
    </Page>
  );
}
