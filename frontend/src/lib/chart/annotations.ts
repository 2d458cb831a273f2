/** Draws what happened in the match onto the chart: a line at its moment and a sign at the top of it. */
import type uPlot from "uplot";
import type { Annotation } from "./series";

export interface Tones {
  ink: string;
  mute: string;
  line: string;
  surface: string;
  live: string;
  home: string;
  draw: string;
  away: string;
}

/** Canvas knows no custom properties, so the theme's colours are read once per build of the chart. */
export function readTones(host: Element, _theme: string): Tones {
  const style = getComputedStyle(host);
  const tone = (name: string) => style.getPropertyValue(`--tone-${name}`).trim();
  return {
    ink: tone("ink"),
    mute: tone("mute"),
    line: tone("line"),
    surface: tone("surface"),
    live: tone("live"),
    home: tone("series-home"),
    draw: tone("series-draw"),
    away: tone("series-away"),
  };
}

/** Two signs nearer than this, in minutes, would lie on each other; the goal is the one worth reading. */
const SIGN_WIDTH = 3;

export function drawAnnotations(chart: uPlot, annotations: readonly Annotation[], tones: Tones): void {
  const { ctx, bbox } = chart;
  const unit = devicePixelRatio;
  ctx.save();
  const goals = annotations.filter((annotation) => annotation.kind === "goal");
  for (const annotation of annotations) {
    const x = Math.round(chart.valToPos(annotation.place, "x", true));
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
    ctx.strokeStyle = annotation.kind === "half_time" ? tones.line : tones.mute;
    ctx.lineWidth = unit;
    ctx.setLineDash(annotation.kind === "half_time" ? [] : [2 * unit, 3 * unit]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const isCovered = annotation.kind === "half_time" && goals.some((goal) => Math.abs(goal.place - annotation.place) < SIGN_WIDTH);
    if (!isCovered) drawSign(ctx, annotation, x, bbox.top - 9 * unit, unit, tones);
  }
  ctx.restore();
}

function drawSign(ctx: CanvasRenderingContext2D, annotation: Annotation, x: number, y: number, unit: number, tones: Tones): void {
  ctx.setLineDash([]);
  if (annotation.kind === "half_time") {
    ctx.fillStyle = tones.mute;
    ctx.font = `${10 * unit}px "Inter Variable", sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("HT", x, y);
    return;
  }
  if (annotation.kind === "red_card") {
    ctx.fillStyle = tones.live;
    ctx.fillRect(x - 3.5 * unit, y - 5 * unit, 7 * unit, 10 * unit);
    return;
  }
  ctx.fillStyle = annotation.side === "home" ? tones.home : tones.away;
  ctx.strokeStyle = tones.surface;
  ctx.lineWidth = 1.5 * unit;
  ctx.beginPath();
  ctx.arc(x, y, 5 * unit, 0, Math.PI * 2);
  ctx.fill();
  ctx.stroke();
}
