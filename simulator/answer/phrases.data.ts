import type { Language } from "./language.ts";

/** What an answer is made of in one language. */
export interface Phrases {
  /** Says that the answer is simulated. */
  readonly simulated: string;
  readonly youAsked: (snippet: string) => string;
  readonly sentences: readonly string[];
  readonly recommend: (titles: string) => string;
  readonly recommendWhy: readonly string[];
  readonly quote: (title: string) => string;
  readonly joinTitles: string;
  readonly sawImages: (count: number) => string;
  readonly toolSaid: (name: string, result: string) => string;
  readonly refusal: string;
  /** Joins sentences. */
  readonly gap: string;
}

const japanese: Phrases = {
  simulated: "（これはシミュレーターの回答です。）",
  youAsked: (snippet) => `「${snippet}」についてのご質問ですね。`,
  sentences: [
    "ご質問ありがとうございます。",
    "順番にご説明いたします。",
    "まず全体の流れをご確認ください。",
    "続いて詳しい条件をご案内いたします。",
    "ご不明な点がございましたら、お気軽にお尋ねください。",
    "内容は予告なく変わる場合がございます。",
    "お客様のご希望に合わせてお選びいただけます。",
    "次の巻は来月に発売される予定です。",
  ],
  recommend: (titles) => `${titles}がおすすめです。`,
  recommendWhy: [
    "どちらも第1巻からお楽しみいただけます。",
    "お好みに近い作品をお選びいたしました。",
    "初めての方にも読みやすい作品です。",
  ],
  quote: (title) => `『${title}』`,
  joinTitles: "、",
  sawImages: (count) => `画像を${count}枚拝見しました。`,
  toolSaid: (name, result) => `${name}の結果は次のとおりです：${result}`,
  refusal: "申し訳ございませんが、そのご依頼にはお答えできません。",
  gap: "",
};

const english: Phrases = {
  simulated: "(This is a simulated answer.)",
  youAsked: (snippet) => `You asked: “${snippet}”.`,
  sentences: [
    "Here is a short answer.",
    "The first step is to look at what you already have.",
    "After that, compare the options one by one.",
    "Most readers begin with the first volume and go on from there.",
    "Each part can be changed later without losing the rest.",
    "If something is unclear, please ask again with an example.",
    "The details depend on your situation, so check them first.",
    "In the end the simple way is often the one that lasts.",
  ],
  recommend: (titles) => `I recommend ${titles}.`,
  recommendWhy: [
    "Both can be read from volume 1.",
    "They come closest to what you describe.",
    "They are easy to start with.",
  ],
  quote: (title) => `“${title}”`,
  joinTitles: ", ",
  sawImages: (count) => (count === 1 ? "I see one image." : `I see ${count} images.`),
  toolSaid: (name, result) => `The tool ${name} answered: ${result}`,
  refusal: "I'm sorry, but I can't help with that request.",
  gap: " ",
};

const chinese: Phrases = {
  simulated: "（这是模拟器的回答。）",
  youAsked: (snippet) => `您问的是“${snippet}”。`,
  sentences: [
    "感谢您的提问。",
    "下面为您简单说明。",
    "首先请确认整体的情况。",
    "然后可以逐项比较不同的选择。",
    "如果还有疑问，欢迎随时再问。",
    "具体内容可能会有变化，请以实际为准。",
    "您可以按照自己的喜好来挑选。",
    "下一卷预计在下个月发售。",
  ],
  recommend: (titles) => `为您推荐${titles}。`,
  recommendWhy: ["都可以从第1卷开始阅读。", "这些作品最接近您的喜好。", "初次阅读也很容易入门。"],
  quote: (title) => `《${title}》`,
  joinTitles: "、",
  sawImages: (count) => `我看到了${count}张图片。`,
  toolSaid: (name, result) => `工具${name}的结果是：${result}`,
  refusal: "很抱歉，我无法回答这个请求。",
  gap: "",
};

export const phrasesOf: Readonly<Record<Language, Phrases>> = {
  ja: japanese,
  en: english,
  zh: chinese,
};
