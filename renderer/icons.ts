/** Every icon of the window comes from here: one set, and one place to see how many there are. Size and stroke are in base.css. */

export {
  ArrowUp,
  BookOpenText,
  ChevronDown,
  ChevronUp,
  CircleSlash,
  Copy,
  FileDown,
  FileText,
  FileWarning,
  Info,
  Library,
  MessageSquarePlus,
  Minus,
  Plus,
  Search,
  Settings,
  Square,
  Trash2,
  TriangleAlert as AlertTriangle,
  X,
} from "lucide-react";
