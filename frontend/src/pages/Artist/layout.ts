// Where does each artist stand in the graph? The nearer to the middle, the more alike; none upon another, none outside.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from "d3-force";

export interface Dot extends SimulationNodeDatum {
  id: string;
  /** 0–1; 1 for the one in the middle. */
  weight: number;
  /** Width and height of its picture. */
  size: number;
}

export interface Line {
  from: string;
  to: string;
  weight: number;
}

interface Place {
  x: number;
  y: number;
}

const STEPS = 240;
/** Room for a name under each picture. */
const NAME_HEIGHT = 22;
const NAME_WIDTH = 84;

/** The first of the dots stands in the middle. The same dots and lines always give the same picture. */
export function layOut(dots: Dot[], lines: Line[], width: number, height: number): Map<string, Place> {
  const nodes = dots.map((dot, index) => ({ ...dot, ...(index === 0 ? { fx: width / 2, fy: height / 2 - NAME_HEIGHT / 2 } : {}) }));
  const furthest = Math.min(width, height) / 2 - NAME_HEIGHT;
  const links = lines.map(({ from, to, weight }) => ({ source: from, target: to, weight, isSpoke: from === dots[0]?.id }));
  const simulation = forceSimulation<Dot>(nodes)
    .force(
      "lines",
      forceLink<Dot, (typeof links)[number]>(links)
        .id((dot) => dot.id)
        .distance(({ weight, isSpoke }) => (isSpoke ? 70 + furthest * (1 - weight) * 1.1 : 90))
        .strength(({ isSpoke }) => (isSpoke ? 0.5 : 0.05)),
    )
    .force("apart", forceManyBody<Dot>().strength(-160))
    .force("room", forceCollide<Dot>((dot) => Math.max(dot.size / 2 + NAME_HEIGHT / 2, NAME_WIDTH / 2) + 3).iterations(3))
    .force("x", forceX<Dot>(width / 2).strength(0.02))
    // A graph is mostly wider than high.
    .force("y", forceY<Dot>(height / 2).strength(0.06))
    .stop();
  for (let step = 0; step < STEPS; step++) {
    simulation.tick();
    for (const node of nodes) keepInside(node, width, height);
  }
  return new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}

function keepInside(node: Dot, width: number, height: number): void {
  const side = Math.max(node.size, NAME_WIDTH) / 2;
  node.x = clamp(node.x ?? 0, side, width - side);
  node.y = clamp(node.y ?? 0, node.size / 2 + 4, height - node.size / 2 - NAME_HEIGHT);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
