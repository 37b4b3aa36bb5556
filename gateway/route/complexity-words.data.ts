/**
 * Words by which a message is judged (RTE-5), by what they stand for: English, Japanese, Chinese in
 * both scripts. A list ends a word at a comma or at the end of a line. Words of one class that are
 * spelled alike are the same; of two classes that have the same word the first counts.
 */

/** REF-5: two of these, a short message and a first one make a simple message. */
export const simpleWords = {
  greeting: `
    hello, hi, hey, hiya, howdy, yo, gm, good morning, good afternoon, good evening, good night
    greetings, goodbye, bye, see you
    こんにちは, こんばんは, おはよう, おはよ, はじめまして, さようなら, おやすみ, もしもし, ばいばい
    お世話になっております, お世話になります
    你好, 您好, 哈喽, 哈囉, 嗨, 早安, 早上好, 晚上好, 晚安, 午安, 再见, 再見, 拜拜, 在吗, 在嗎, 喂
  `,
  thanks: `
    thanks, thank you, thx, ty, cheers, much appreciated, no worries, got it, never mind
    ありがとう, ありがとー, 有難う, 有り難う, 感謝, サンキュー, 助かりました, 助かった, どうも, 了解
    わかりました, 分かりました, 承知しました
    谢谢, 謝謝, 多谢, 多謝, 感谢, 感謝您, 辛苦了, 麻烦你了, 唔该, 唔該, 知道了, 明白了, 没事了, 沒事了
  `,
  yesNo: `
    yes, yeah, yep, yup, no, nope, nah, ok, okay, sure, correct, right?
    はい、, はい。, はいそれで, いいえ, うん、, ううん, オッケー, おっけー, それでお願いします
    好的, 是的, 不是的, 不用了, 可以的, 没错, 沒錯, 嗯, 行, 就这样, 就這樣
  `,
  price: `
    price, prices, priced, pricing, cost, costs, how much, fee, fees, charge, charges, total
    discount
    discounts, coupon, promo code, voucher, vouchers, sale, free shipping, points balance
    refund window
    値段, 価格, 定価, 料金, いくら, 何円, 税込, 税抜, 送料, 割引, クーポン, 有料, 無料, 合計, セール
    ポイント, 最低金額, 手数料, 商品代金
    价格, 價格, 价钱, 價錢, 多少钱, 多少錢, 几块, 幾塊, 几元, 多少元, 定价, 定價, 标价, 標價, 售价, 售價
    运费, 運費, 邮费, 優惠, 优惠, 折扣, 打折, 优惠码, 優惠碼, 满减, 免费, 免費, 礼品卡, 積分, 积分
  `,
  hours: `
    hours, open, opens, opening, close, closes, closed, closing, until when, what time
    holiday hours
    営業時間, 営業日, 何時, 開店, 閉店, 開いて, 閉まって, 定休日, 休業, 年末年始, 何曜日, いつまで
    营业时间, 營業時間, 营业, 營業, 几点, 幾點, 开门, 開門, 关门, 關門, 打烊, 下班, 休息日
    
  `,
  address: `
    address, where are you, where is, where do, where's, located, location, directions, nearest
    parking
    phone number, email address, website, url, toilet, wifi, subway
    住所, 場所, どこですか, どこにあり, どこにある, アクセス, 最寄り, 駐車場, 電話番号, 何階, 道順, 地図
    
    地址, 位置, 在哪, 在哪里, 在哪裡, 门牌, 門牌, 怎么走, 怎麼走, 停车, 停車, 地铁站, 捷運, 电话, 電話
    邮箱, 郵箱, 网址, 網址, 门店, 門市, 分店, wifi
  `,
  stock: `
    stock, in stock, out of stock, sold out, restock, reprint, available, availability
    do you have
    do you sell, do you carry, have you got, on the shelf, got any
    在庫, 品切れ, 売り切れ, 入荷, 再入荷, 取り扱い, 扱って, 置いて, 売ってます, 売ってい
    ありますか, あります?, ありませんか
    库存, 庫存, 现货, 現貨, 有货, 有貨, 到货, 到貨, 缺货, 缺貨, 断货, 斷貨, 补货, 補貨, 有没有, 有沒有
    还剩, 還剩, 卖完, 賣完, 售罄
  `,
} as const;

/** REF-5: one of these makes a message strong. */
export const strongWords = {
  recommend: `
    recommend, recommends, recommended, recommending, recommendation, recommendations
    おすすめ, お勧め, お薦め, オススメ, 推薦, 勧めて, すすめて
    推荐, 推薦, 安利, 给我推, 給我推
  `,
  suggest: `
    suggest, suggests, suggested, suggesting, suggestion, suggestions
    提案, アドバイス, 助言
    建议, 建議, 提议, 提議, 给个主意
  `,
  compare: `
    compare, compares, compared, comparing, comparison, comparisons
    比較, 比べ, くらべて, 対比
    比较一下, 比較一下, 比较下, 做个比较, 做個比較, 比较这, 比較這, 比较两, 比較兩, 帮我比较, 幫我比較
    相比较, 相比較, 对比, 對比, 相比, 比一比
  `,
  review: `
    review, reviews, reviewed, reviewing
    レビュー, 書評, 講評, 批評, 添削
    评论, 評論, 书评, 書評, 点评, 點評, 测评, 測評
  `,
  similar: `
    similar, similarly, similarity, similarities
    似た, 似てる, 似ている, に近い, みたいな作品, みたいな漫画, 類似, ~系の
    类似, 類似, 相似, 差不多的, 同类型, 同類型
  `,
  best: `
    best
    ベスト, 最高の, 一番いい, 一番良い, 一番面白, 最も, 最適
    最好的, 最好看, 最佳, 最棒, 最适合, 最適合
  `,
  explain: `
    explain, explains, explained, explaining, explanation, explanations
    説明して, 説明でき, 説明し, 解説, 教えてほしい理由
    解释, 解釋, 说明一下, 說明一下, 讲解, 講解, 讲讲, 講講
  `,
  describe: `
    describe, describes, described, describing, description, descriptions
    描写, 描き方, どんな話, どんな作品, どんな漫画
    描述, 形容, 描写, 描寫, 介绍一下, 介紹一下
  `,
  analyse: `
    analyse, analyses, analysed, analysing, analyze, analyzes, analyzed, analyzing, analysis
    分析, 考察, 読み解
    分析, 剖析, 解读, 解讀, 论证, 論證
  `,
  summarise: `
    summarise, summarises, summarised, summarising, summarize, summarizes, summarized
    summarizing
    summary, summaries
    要約, まとめて, あらすじ, 要点
    总结, 總結, 概括, 歸納, 梗概, 摘要
  `,
} as const;

/** Beyond REF-5: each makes a message harder by its weight. */
export const harderWords = {
  reason: `
    why, how come, what makes, what made, reason for, reasons why, so what
    なぜ, 何故, どうして, なんで, 理由, わけは, 原因, 根拠
    为什么, 為什麼, 为何, 為何, 为啥, 為啥, 凭什么, 憑什麼, 理由, 原因, 点解, 點解, 怎么会, 怎麼會
  `,
  judgement: `
    should i, should we, should you, worth, worthwhile, fair, fairly, unfair, justified
    right to, wrong
    really, actually, honest, honestly, truly, plausible, convincing, overrated, underrated
    consistent, deserve, deserves, deserved, believable, sincere, better, worse
    warmer, stronger, weaker, closest, something like, in the mood, opinion, think of
    do you think
    regret
    べき, 正しい, 正しかった, 間違って, 本当に, 結局, 誠実, 正解, ありだと, アリ, いいと思う
    どう思う, どうなん, どう考え, 説得力, 成り立, 許され, だろうか, でしょうか?, だったのか
    判断, 判定, 評価, 賛否, 退屈, 後味, 名作
    值得, 值不值, 该不该, 該不該, 应不应该, 應不應該, 应该, 應該, 合理, 有理, 有没有错
    有沒有錯, 对不对, 對不對, 到底, 算不算, 算是, 是不是真的, 是真的, 站不住, 站不站得住, 成立, 自洽, 一致
    原谅, 原諒, 背叛, 幼稚, 怎么看, 怎麼看, 怎么想, 怎麼想, 有意义, 有意義, 还是, 還是
    更好, 更坏, 难受, 難受
  `,
  choice: `
    which one, which of, which ones, pick, choose, choosing, rank, ranking, prefer, versus, vs
    or should
    difference between, differ, differs, trade-off, trade-offs, pros and cons, best split, top 5
    top 10
    どっち, どちらが, どれが, どれから, どれを, 選んで, 選び, 選ぶ, 順位, ランキング, 違い, どう違, 使い分け
    訳し分け, 並べて, 並び順, 優先
    哪个好, 哪個好, 哪个更, 哪個更, 选哪, 選哪, 哪一种, 哪一種, 怎么选, 怎麼選, 边个好, 邊個好, 区别
    區別, 差别, 差別, 不同, 怎么分, 怎麼分, 排序, 排个, 排個, 排名, 取舍, 取捨, 挑什么, 挑什麼
  `,
  compose: `
    write, rewrite, draft, compose, translate, translation, render, rephrase, reword, plan
    planning, devise
    design, build me, invent, brainstorm, convince, persuade, argue, the case for
    the case against, help me
    talk me through, walk me through, come up with, imagine
    what would, how would, how do i, how do you, how can i, reading order, curate, apologise
    reply to, make it sound
    書いて, 書き直, 直して, 作って, 作り方, 考えて, 考え方, 案を, 案内文, 訳して, 訳す, 訳し, 翻訳して
    英語に, 英訳, 中国語, 日本語に, 和訳, 直訳, 意訳, 言い換え, 説得し, 論じ, 反論, 組んで, 段取り, 手順
    計画, 設計, 構成, 挙げて, 出して, 仕分け, 頼む, 相談, どうやって, どう伝え
    方法って
    写, 寫, 改写, 改寫, 起草, 拟, 擬, 文案, 翻译, 翻譯, 翻成, 怎么翻, 怎麼翻, 译, 譯, 设计, 設計, 策划
    策劃, 计划, 計劃, 安排, 规划, 規劃, 编排, 編排, 说服, 說服, 劝, 勸, 反驳, 反駁, 反过来, 列出来, 想好
    帮我想, 幫我想, 帮忙估, 复盘, 復盤, 起承转合, 起承轉合, 给思路, 給思路, 怎么开口, 怎麼開口
    推几部, 推幾部, 怎么办, 怎麼辦, 怎样, 怎樣, 想找, 请找, 請找, 要送, 礼物
    禮物
  `,
  limits: `
    under $, under £, under €, within a budget, budget, allowance, without, at least, at most
    no more than
    nothing that, ideally, preferably, must, has to be, as long as, except, but not, instead of
    shouldn't
    not too, hates, hated, hate, loves, loved, likes, dislikes, year-old, my daughter, my son
    my mum
    my dad, gift for, each, one line, in print
    以内, 予算, なるべく, できれば, 苦手, 避けたい, 避けて, 地雷, だめです, ダメです, 嫌い, 好きで
    向け, 使わずに, 変えずに, ネタバレせず, 落とさず, 押しつけ, ×, 円くらい, 円ずつ, 個人的
    探して, 揃えたい, 読むけど, 含めて, ふまえて, 踏まえて, 誕プレ, 泣ける
    预算, 預算, 每月上限, 以内, 以內, 不要, 不能, 别太, 別太, 不想, 不喜欢, 不喜歡, 喜欢, 喜歡, 最好
    适合, 適合, 既要, 又要, 既不, 还要, 還要, 但要, 一共, 每期, 每本, 每部, 只看, 送给, 送給
    
  `,
  meaning: `
    meaning, symbolise, symbolize, symbolism, theme, themes, motif, motives, motivation
    narrator
    character arc, ending, subtext, metaphor, allegory, irony, politics, philosophy, villain
    villains
    pacing, trope, tropes, funny, interpret, interpretation, saying about
    critique, criticism, violence
    意味が, 意味は, 象徴, 比喩, テーマ, 主題, 美学, 伏線, 描いて, 作劇, 心理, 関係, 系譜, 暴力, 思想, 哲学
    正体, 怖さ, 尊い, 印象, 変わって, 変わった, 上手い, 示して, 必然, 最終回
    議論, 論争, とは
    意义, 意義, 象征, 象徵, 隐喻, 隱喻, 主题, 主題, 结局, 結局, 人设, 人設, 伏笔, 伏筆, 哲学, 哲學
    心理, 性格, 关系, 關係, 讽刺, 諷刺, 角度, 读者期待, 意思是说, 故事
    文學, 文学, 逻辑, 邏輯, 人性, 命运, 命運
  `,
  code: `
    sql, python, javascript, typescript, js, java, bash, shell, regex, code, function, script
    csv, json
    excel, vba, formula, html, css, refactor, debug, algorithm, one-liner, query that
    正規表現, コード, プログラム, スクリプト, 関数, 数式, アルゴリズム, エクセル
    代码, 代碼, 程序, 程式, 公式, 函数, 函數, 正则, 正則, 数据库, 資料庫, 脚本, 腳本, 算法, 去重
  `,
  dispute: `
    terms, policy, clause, contract, contradict, contradicts, contradiction, owed, owe, entitled
    liable
    compensation, complaint, damaged, missing, insurance, deposit, non-refundable, chase, fault
    scalper
    can i cancel
    規約, 矛盾, 弁償, 責任, 補償, 損害, クレーム, 破損, 転売
    約款
    条款, 條款, 规定说, 政策, 赔, 賠, 补税, 補稅, 申诉, 申訴, 投诉, 投訴, 法律, 维权, 維權, 责任, 責任
    谁该, 誰該, 黄牛, 黃牛, 不退
  `,
  condition: `
    if i, if it, if the, if you, if they, if we, suppose, unless, assuming, even if, whether
    and if
    もし, した場合, 場合は, 場合、, なら何, だとしたら, としたら, たとして
    如果, 要是, 假如, 假设, 假設, 万一, 萬一, 的话, 的話, 换成, 換成, 当成, 當成
  `,
  sums: `
    calculate, work out, add up, replacement value, estimate, total cost of, per month
    percentage
    計算して, 総額, 見積, 粗利, 利益, ヶ月で, 増減
    估算, 算一下, 算算, 回本, 成本, 利润, 利潤, 平均
  `,
} as const;

/** Beyond REF-5: each makes a message easier by its weight. */
export const easierWords = {
  lookup: `
    when is, when's, when does, when did, who is, who wrote, who published, what year, how many
    how old, how long does, which volume, what volume, isbn, release date, finished yet, out yet
    what does, what is the, what's the, title of, number of, price of
    is it, is there, are there, is the, are you, do your, does the store, latest, next volume
    いつ, 誰, だれ, 何巻, 何冊, 何話, 何部, 何日, 何ページ, 全何巻, 何歳, 作者, 著者, 出版社
    発売日, 発売, 刊行, 完結, 新刊, 最新刊, 英題, タイトル, isbn, 有効期限, 期限, ありますか, ありますか。
    ですか。, 合ってる?, だっけ, 一覧, どのへん, 次の巻
    谁, 誰, 几本, 幾本, 几卷, 幾卷, 几天, 幾天, 几页, 幾頁, 第几, 第幾, 几号, 幾號, 几件, 幾件, 哪年
    哪一年, 哪天, 什么时候, 什麼時候, 作者叫, 的作者, 完结, 完結, 书名, 書名, 原名, isbn, 最新一卷, 多少页
    期限, 过期, 過期, 什么意思, 什麼意思, 叫啥, 哪本, 多少
  `,
  service: `
    order, tracking, deliver, delivery, delivered, parcel arrive, shipping to, ship to, cancel
    add to, basket, my cart, checkout, check out, account, password, reset, unsubscribe
    newsletter, log in, pay with, apple pay, gift wrap, receipt, invoice, pick up, pickup
    collect it
    reserve, preorder, pre-order, membership, student discount, opening hours, return it
    exchange
    注文, 予約, キャンセル, 届い, 届き, 届け, 発送, 配送, 配達, 追跡, パスワード, 再設定, ログイン, 会員
    カート, 領収書, 宛名, 支払, 決済, paypay, 包装, 取り置き, 返品, 交換, 買取, 電子版, 通知, 単品, ください
    できますか, 教えてください, お願いします
    订单, 訂單, 下的单, 查一下, 物流, 快递, 快遞, 包裹, 发货, 發貨, 寄, 取消, 密码, 密碼, 登录, 登入
    购物车, 購物車, 预购, 預購, 预约, 預約, 退订, 會員, 会员, 收据, 收據, 发票, 發票, 自取, 取货, 取貨
    换货, 換貨, 退货, 退貨, 支付, 签收, 簽收, 地址, 电子邮箱, 有吗, 有嗎, 可以寄, 让不让
  `,
} as const;

/** Words with one of the others inside that mean something else. */
export const hiddenWords = `
  best before, best regards, all the best, best wishes, no problem
  比較的, 最高裁, ベストセラー
`;
